namespace Sluice.Products.Spot;

/// <summary>Why spot refused, in order of precedence where several apply (matching section 2). Numbers are stable; the gateway has a label,
/// a status and a sentence for each.</summary>
public enum SpotRefusal : ushort
{
    None = 0,
    PairNotFound = 300,             // M-012
    SideNotTradable = 301,          // M-012, M-141
    InvalidCombination = 302,       // M-013
    OffTick = 303,                  // M-014 (kept for values that reach the core off tick; the gateway parses exactly)
    AmountTooLittle = 304,          // M-014, M-130
    AmountTooMuch = 305,
    ValueTooLittle = 306,           // min_quote_amount
    ValueTooMuch = 307,
    InvalidText = 308,              // M-015
    RepeatedText = 309,             // M-007 unique_text
    TooManyOrders = 310,            // M-016
    StpNotInGroup = 311,            // M-017, M-073
    PriceOutOfBand = 312,           // M-019, M-055
    PostOnlyWouldTake = 313,        // M-022
    FillOrKillWouldNotFill = 314,   // M-023
    NoCounterparty = 315,           // M-024
    BalanceTooLow = 316,            // M-025, S-022
    MarginBalanceTooLow = 317,
    BorrowingNotAvailable = 318,    // S-070, S-080: until the unified account exists
    WalletNotSupported = 319,
    SlippageOutOfRange = 320,       // M-056
    MarginBorrowingNotAvailable = 321,
    OrderNotFound = 330,            // M-049
    OrderClosed = 331,
    OrderCancelled = 332,
    NoChange = 333,                 // M-090
    AmendWithStop = 334,
    AmendAlreadyFilledPart = 335,   // only_if_unfilled
    TimeoutTooShort = 340,          // M-051
    TriggerNotFound = 350,
    TriggerPriceOnWrongSide = 351,  // M-101
    TooManyTriggers = 352,          // M-109
    TriggerFinished = 353,
    StopPriceGeometry = 354,        // M-107
    AssetNotFound = 360,
    InvalidTerms = 361,             // S-004 and ranges, when listing
    UserNotFound = 362,
    UserLocked = 363,
}
