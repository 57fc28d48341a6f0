using System.CommandLine;
using Sluice.Cli.Verbs;

var root = new RootCommand("Sluice: an exchange you can run.")
{
    ServeVerb.Create(), ReplayVerb.Create(), VerifyVerb.Create(), MarketsVerb.Create(), BenchVerb.Create(), SimulateVerb.Create(),
};

// Serve answers SIGTERM itself; a second handler that cancels while the first one stops the venue would end the process in between.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
