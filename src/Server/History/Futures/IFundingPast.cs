using Sluice.Server.Views.Futures;

namespace Sluice.Server.History.Futures;

/// <summary>Settlements of funding before a contract was listed here, so that its history does not begin with the venue's first start.</summary>
public interface IFundingPast
{
    /// <summary>Those due in [<paramref name="fromNanos"/>, <paramref name="toNanos"/>) and before the listing, newest first.</summary>
    IEnumerable<FundingRow> Before(ContractView contract, long fromNanos, long toNanos);
}
