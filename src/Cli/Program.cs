using System.CommandLine;
using Sluice.Cli;
using Sluice.Cli.Trading;
using Sluice.Cli.Verbs;

var root = new RootCommand("Sluice: an exchange you can run.")
{
    ServeVerb.Create(), ReplayVerb.Create(), VerifyVerb.Create(), BenchVerb.Create(), SimulateVerb.Create(),
    MarketsVerb.Create(), MarketVerbs.Ticker(), MarketVerbs.Book(), MarketVerbs.Candles(), OrderVerbs.Buy(), OrderVerbs.Sell(), OrderVerbs.Cancel(),
    OrderVerbs.Orders(), AutoVerbs.Trail(), AutoVerbs.Chase(), OrderVerbs.Positions(), WalletVerbs.Balances(), WalletVerbs.Transfer(), WalletVerbs.Keys(), WatchVerb.Create(), CompletionVerb.Create(),
};

Examples.ShowBelowHelp(root);

// Serve answers SIGTERM itself; a second handler that cancels while the first one stops the venue would end the process in between.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
