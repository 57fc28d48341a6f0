namespace Sluice.Core.Matching;

public enum Side : byte { Buy = 0, Sell = 1 }

public enum OrderType : byte { Limit = 0, Market = 1 }

/// <summary>How long an order lives (M-013, section 4): rest until cancelled, take now, all or nothing, or only make.</summary>
public enum TimeInForce : byte { GoodTillCancelled = 0, ImmediateOrCancel = 1, FillOrKill = 2, PostOnly = 3 }

/// <summary>What the taker's self-trade prevention does when it meets its own group (M-071). None: the sender named no action, the default applies.</summary>
public enum SelfTradeAction : byte { None = 0, CancelNewest = 1, CancelOldest = 2, CancelBoth = 3 }

/// <summary>Why an order is over, in the wire's vocabulary (M-151). Numbers are stable.</summary>
public enum FinishReason : byte
{
    Open = 0, Filled = 1, Cancelled = 2, LiquidateCancelled = 3, Small = 4, DepthNotEnough = 5, TraderNotEnough = 6,
    ImmediateOrCancel = 7, PostOnly = 8, FillOrKill = 9, SelfTrade = 10, PriceProtectCancelled = 11, Unknown = 12,
    Liquidated = 20, AutoDeleveraged = 21, ReduceOnly = 22, PositionClosed = 23, ReduceOut = 24,
}

/// <summary>Why a resting order changed without ending.</summary>
public enum UpdateReason : byte { Amend = 0, ReduceShrink = 1 }

/// <summary>What an instrument lets through (matching section 14).</summary>
public enum MarketStatus : byte { Untradable = 0, Buyable = 1, Sellable = 2, Tradable = 3, CircuitBreaker = 4, Delisting = 5, Delisted = 6 }
