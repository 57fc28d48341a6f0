using System.CommandLine;
using Sluice.Cli.Verbs;

var root = new RootCommand("Sluice: an exchange you can run.")
{
    ServeVerb.Create(), ReplayVerb.Create(), VerifyVerb.Create(), MarketsVerb.Create(), BenchVerb.Create(),
};
return await root.Parse(args).InvokeAsync();
