using Sluice.Server.Api.Futures;

namespace Sluice.Server.Feeds.Futures;

/// <summary>Of which price the bars of a stream are.</summary>
internal enum BarPrice : byte { Traded = 0, Mark = 1, Index = 2 }

/// <summary>What sets apart the streams of contracts that are about the same (<see cref="TopicKey.Form"/>).</summary>
/// <param name="SizesAsTexts">Sizes as texts, which may have decimals, instead of whole numbers.</param>
/// <param name="Rest">Of bars the price, of what is about no contract or every contract the wallet.</param>
internal readonly record struct FuturesForm(bool SizesAsTexts, int Rest = 0)
{
    public static FuturesForm Of(TopicKey key) => new((key.Form & 1) != 0, key.Form >> 1);

    public static FuturesForm Of(bool sizesAsTexts, BarPrice price) => new(sizesAsTexts, (int)price);

    public SizeForm Sizes => SizesAsTexts ? SizeForm.Text : SizeForm.Integer;

    public BarPrice Price => (BarPrice)Rest;

    public int Number => Rest << 1 | (SizesAsTexts ? 1 : 0);
}
