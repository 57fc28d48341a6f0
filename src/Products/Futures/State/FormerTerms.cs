using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Contracts;

namespace Sluice.Products.Futures.State;

/// <summary>Terms of a contract that some positions still keep the requirements of (F-169 step 4).</summary>
/// <param name="Change">The change that replaced them, counted from 1.</param>
/// <param name="Listing">As they were listed or configured.</param>
public sealed record FormerTerms(int Change, ListContract Listing, Contract Contract, long UntilNanos);
