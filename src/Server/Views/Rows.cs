using Sluice.Core.Ledger;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Server.Views;

/// <summary>An order of a user as readers know it: what was asked, and what has become of it. Immutable; a change is a new row.
/// Prices and sizes in the raw units of its pair.</summary>
public sealed record OrderRow : IOrderRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required Side Side { get; init; }
    public required OrderType Type { get; init; }
    public required TimeInForce TimeInForce { get; init; }
    public required long Price { get; init; }               // 0 for a market order
    public required long Size { get; init; }                // 0 for a market buy
    public required Money Budget { get; init; }             // of a market buy
    public required long Iceberg { get; init; }
    public required long MakerRate { get; init; }
    public required long TakerRate { get; init; }
    public required long SlippageRate { get; init; }
    public required int StpGroup { get; init; }
    public required SelfTradeAction StpAction { get; init; }
    public required OrderFlags Flags { get; init; }
    public required long TriggerId { get; init; }           // the trigger order that fired it, 0 = none
    public required string Text { get; init; }              // "apiv4" and the like when the sender gave none
    public required string ChannelTag { get; init; }        // "" = none
    public required long CreatedNanos { get; init; }

    public string AmendText { get; init; } = "";
    public long Left { get; init; }                         // size left; of a market buy see BudgetLeft
    public Money BudgetLeft { get; init; }
    public long FilledSize { get; init; }
    public Money FilledValue { get; init; }
    public Money Fee { get; init; }                         // in FeeAsset, the asset received (S-050)
    public int FeeAsset { get; init; }
    public Money TokenFee { get; init; }                    // in the fee token (S-053)
    public FinishReason Finish { get; init; }               // Open while it rests
    public long UpdatedNanos { get; init; }
    public long Sequence { get; init; }                     // of the last change

    public bool IsOpen => Finish == FinishReason.Open;

    public bool ByBudget => Type == OrderType.Market && Side == Side.Buy;
}

/// <summary>What happened to an order: put on the book (or accepted), changed, over.</summary>
public enum OrderChange : byte { Put, Update, Finish }

/// <summary>One side of one trade, as its owner sees it.</summary>
public sealed record FillRow
{
    public required TradeRow Trade { get; init; }
    public required int User { get; init; }
    public required long OrderId { get; init; }
    public required Side Side { get; init; }                // the owner's
    public required bool IsMaker { get; init; }
    public required Money Fee { get; init; }
    public required int FeeAsset { get; init; }
    public required bool FeeByToken { get; init; }
    public required string Text { get; init; }
    public required string AmendText { get; init; }
    public int Wallet { get; init; }
}

/// <summary>A trade as everybody sees it.</summary>
/// <param name="MarketId">Consecutive per pair (M-006).</param>
/// <param name="Side">The taker's.</param>
public sealed record TradeRow(int Instrument, long MarketId, long TimeNanos, Side Side, long Price, long Size, Money Value)
{
    /// <summary>What one step of <see cref="MarketId"/> is in <see cref="GlobalId"/>: more than there are pairs.</summary>
    public const int IdsPerMarketId = 8192;

    /// <summary>Unique over all pairs, growing within a pair, below 2^53.</summary>
    public long GlobalId => MarketId * IdsPerMarketId + Instrument;
}

/// <summary>A change of a user's account: an entry of the account book.</summary>
public sealed record BalanceRow
{
    public required long Sequence { get; init; }
    public required long TimeNanos { get; init; }
    public required int User { get; init; }
    public required int Wallet { get; init; }
    public required int Asset { get; init; }
    public required Money Change { get; init; }             // of the total
    public required Money HeldChange { get; init; }
    public required Money Total { get; init; }              // after
    public required Money Held { get; init; }
    public required Reason Reason { get; init; }
    public required long Reference { get; init; }           // order, trade or transfer id, by reason
    public required int Instrument { get; init; }
    public required long UpdateId { get; init; }            // per account, growing

    public Money Available => Total - Held;
}

/// <summary>A user's balance of one asset in one wallet, now.</summary>
public readonly record struct BalanceView(int Wallet, int Asset, Money Total, Money Held, long UpdateId)
{
    public Money Available => Total - Held;
}

/// <summary>A price-triggered order as readers know it. Immutable; a change is a new row.</summary>
public sealed record TriggerRow : ITriggerRow
{
    public required long Id { get; init; }
    public required int User { get; init; }
    public required int Instrument { get; init; }
    public required int Wallet { get; init; }
    public required long TriggerPrice { get; init; }
    public required TriggerRule Rule { get; init; }
    public required long ExpiresAtNanos { get; init; }      // 0 = never
    public required Side Side { get; init; }
    public required OrderType Type { get; init; }
    public required TimeInForce TimeInForce { get; init; }
    public required long Price { get; init; }
    public required long ParentOrder { get; init; }
    public required TriggerRole Role { get; init; }
    public required string Text { get; init; }
    public required long CreatedNanos { get; init; }

    public long Size { get; init; }
    public Money Budget { get; init; }
    public TriggerStatus Status { get; init; }
    public long FinishedNanos { get; init; }                // 0 while it waits
    public long FiredOrder { get; init; }                   // 0 = none
    public ushort Refusal { get; init; }                    // why a fired order was refused

    public bool IsOpen => Status is TriggerStatus.Open or TriggerStatus.Inactive;
}

/// <summary>Money moved between wallets or between a main account and its sub-accounts.</summary>
public sealed record TransferRow(long Id, long Sequence, long TimeNanos, int Actor, int FromUser, int FromWallet, int ToUser, int ToWallet, int Asset, Money Amount,
    Products.Wallet.TransferRoute Route, string ClientOrderId);

/// <summary>Money that came from the outside world (or, negative, went back).</summary>
public sealed record DepositRow(long Id, long Sequence, long TimeNanos, int User, int Wallet, int Asset, Money Amount, bool IsDeposit, string Chain, string Address,
    string TransactionId);

/// <summary>A user as the gateway knows it.</summary>
public sealed record UserView(int Id, int Parent, bool IsParticipant, string Name, string Remark, string Email, long CreatedNanos, bool Locked)
{
    public int Main => Parent == 0 ? Id : Parent;
}

/// <summary>A key as stored, without its secret in clear.</summary>
public sealed record KeyView(string Key, int User, int Mode, string Name, byte[] SealedSecret, string Permissions, string IpList, long CreatedNanos, long UpdatedNanos);
