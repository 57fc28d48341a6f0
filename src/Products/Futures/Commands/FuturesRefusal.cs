namespace Sluice.Products.Futures.Commands;

/// <summary>Why contracts refused, in order of precedence where several apply (matching section 2, F-160). Numbers are stable; the gateway has a label, a
/// status and a sentence for each.</summary>
public enum FuturesRefusal : ushort
{
    None = 0,
    ContractNotFound = 400,             // M-012
    SideNotTradable = 401,              // halted, not yet open
    InvalidCombination = 402,           // M-013
    OffTick = 403,
    SizeTooSmall = 404,                 // M-131
    SizeTooLarge = 405,
    InvalidText = 406,
    RepeatedText = 407,
    TooManyOrders = 408,                // M-016
    StpNotInGroup = 409,
    PriceTooDeviated = 410,             // M-053
    PriceOverLiquidation = 411,         // F-153
    PriceOverBankrupt = 412,
    PostOnlyWouldTake = 413,            // M-022
    FillOrKillWouldNotFill = 414,
    NoCounterparty = 415,               // M-024
    RiskLimitExceeded = 416,            // F-113
    LiquidateImmediately = 417,         // F-154, F-119
    InsufficientAvailable = 418,        // F-107
    ReduceOnlyDirection = 419,          // M-081
    ReduceOnlyNoPosition = 420,
    ReduceOnlyExceeded = 421,           // M-082
    SizeZeroWithoutClose = 422,
    ContractInDelisting = 423,          // an opening order on a reduce-only contract (F-230)
    PositionInLiquidation = 424,        // F-156
    MarginModeMismatch = 425,           // pos_margin_mode where the mode does not allow it (F-130)
    UserNotFound = 430,
    UserLocked = 431,
    OrderNotFound = 432,                // M-049
    NoChange = 433,                     // M-090
    TimeoutTooShort = 434,              // M-051
    TriggerNotFound = 440,
    TriggerPriceOnWrongSide = 441,      // M-101
    TooManyTriggers = 442,              // M-109
    StopPriceGeometry = 443,            // M-107
    TrailIsActive = 446,                // M-110: its activation is over
    NothingToChase = 447,               // M-111: no order of others on its side
    ChaseLimitReached = 448,            // M-111
    LeverageTooHigh = 450,              // F-113
    LeverageTooLow = 451,
    PositionNotFound = 452,
    PositionEmpty = 453,                // F-121
    PositionCrossMargin = 454,          // F-121
    RemoveTooMuch = 455,                // F-121
    PositionsOpen = 456,                // F-131, F-122: a mode changes only without positions
    OrdersOpen = 457,                   // F-131, F-122: and without orders
    ModeUnchanged = 458,
    LegMismatch = 459,                  // a leg of the other position mode
    RiskLimitTooHigh = 460,             // beyond the last tier
    RiskLimitTooLow = 461,              // below the present exposure
    InvalidTerms = 470,                 // F-305
    AssetNotFound = 471,
    PriceNotPositive = 472,
    AlreadyListed = 473,
    TermsFixed = 474,                   // F-015
    ActionNotFound = 480,               // K-208, K-209: or it is over
    ActionNotPossible = 481,            // a split while the market is open, a dividend as high as the price
}
