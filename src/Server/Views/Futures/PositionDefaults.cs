using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Futures.Positions;

namespace Sluice.Server.Views.Futures;

/// <summary>The settings of a leg that nobody has touched yet.</summary>
public static class PositionDefaults
{
    /// <summary>Ten times, within what the contract allows.</summary>
    public static Leverage LeverageOf(ContractView contract)
    {
        var terms = contract.Terms;
        var usual = Leverage.Times(10);
        return usual > terms.LeverageMax ? terms.LeverageMax : usual < terms.LeverageMin ? terms.LeverageMin : usual;
    }

    /// <summary>A row as it reads before the first change: empty, cross.</summary>
    public static PositionRow Of(int user, ContractView contract, Leg leg) => new()
    {
        User = user, Instrument = contract.Id, Wallet = contract.Wallet, Leg = leg, IsCross = true, Leverage = LeverageOf(contract).Hundredths,
    };

    /// <summary>The legs a position mode shows of a contract.</summary>
    public static IReadOnlyList<Leg> LegsOf(PositionMode mode) => mode == PositionMode.Single ? [Leg.Net] : [Leg.Long, Leg.Short];
}
