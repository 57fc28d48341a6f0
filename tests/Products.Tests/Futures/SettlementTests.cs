using Sluice.Core.Values;
using Sluice.Products.Futures.Contracts;
using Sluice.Products.Futures.Funding;
using Sluice.Products.Futures.Positions;
using Sluice.Products.Futures.Pricing;
using Sluice.Products.Futures.Settlement;
using static Sluice.Products.Tests.Futures.Fx;

namespace Sluice.Products.Tests.Futures;

/// <summary>Delivery (futures section 14, 17.6), and money over a whole life of a contract (17.7).</summary>
public class SettlementTests
{
    [Fact]
    public void FX_61_F_211_F_213_a_delivery()
    {
        var average = new SettlementAverage();
        for (var i = 1; i <= 30; i++) average.Add(BtcDelivery.P("84000") + i * BtcDelivery.P("0.37"), valid: true);
        Assert.Equal(BtcDelivery.P("84005.735"), average.Price(1));
        var price = average.Price(BtcDelivery.Terms.MarkRound);
        Assert.Equal("84005.7", BtcDelivery.Text(price));

        // A bought 380 at 83 500, B sold 200 at 84 200.5, C sold the rest for 1 488.99.
        (long Size, Money Entry)[] legs = [(380, BtcDelivery.Value(380, BtcDelivery.P("83500"))), (-200, BtcDelivery.Value(-200, BtcDelivery.P("84200.5"))), (-180, M("-1488.99"))];
        Assert.Equal("82721.6666667", BtcDelivery.Entry(legs[2].Size, legs[2].Entry));
        var settled = legs.Select(leg => SettledLeg.Of(BtcDelivery, leg.Size, leg.Entry, M("100"), price, BtcDelivery.Terms.Delivery!.SettleFee)).ToArray();
        Assert.Equal(["19.2166", "3.896", "-23.1126"], settled.Select(leg => leg.Profit.ToString()));
        Assert.Equal(["0.47883249", "0.2520171", "0.22681539"], settled.Select(leg => leg.Fee.ToString()));
        Assert.Equal(Money.Zero, settled.Aggregate(Money.Zero, (sum, leg) => sum + leg.Profit));
        Assert.All(settled, leg => Assert.Equal(Money.Zero, leg.Deficit));

        // Posting the value to the position gives the same profit and leaves nothing of it.
        var position = new Position { IsCross = true };
        position.Fill(BtcDelivery, 380, legs[0].Entry, Money.Zero, 1, out _);
        Assert.Equal(settled[0].Profit, position.Fill(BtcDelivery, -380, settled[0].Value, settled[0].Fee, 2, out _).Profit);
        Assert.Equal(Money.Zero, position.EntryValue);
    }

    [Fact]
    public void F_213_F_214_a_loss_beyond_what_backs_it_ends_at_zero_and_the_fee_takes_what_is_left()
    {
        var entry = BtcDelivery.Value(1_000, BtcDelivery.P("84000"));
        SettledLeg Settle(string backing) => SettledLeg.Of(BtcDelivery, 1_000, entry, M(backing), BtcDelivery.P("83000"), R("0.00015"));
        Assert.Equal(("-100", "1.245", "0"), (Settle("200").Profit.ToString(), Settle("200").Fee.ToString(), Settle("200").Deficit.ToString()));
        Assert.Equal("-101.245", Settle("200").Net.ToString());
        Assert.Equal(("0.5", "0", "-100.5"), (Settle("100.5").Fee.ToString(), Settle("100.5").Deficit.ToString(), Settle("100.5").Net.ToString()));
        Assert.Equal(("0", "40", "-60"), (Settle("60").Fee.ToString(), Settle("60").Deficit.ToString(), Settle("60").Net.ToString()));
    }

    [Fact]
    public void F_230_a_delisting_settles_without_a_fee()
    {
        var settled = SettledLeg.Of(BtcUsd, -10_000, BtcUsd.Value(-10_000, BtcUsd.P("80000")), M("1"), BtcUsd.P("100000"), Rate.Zero);
        Assert.Equal(("-0.025", "0"), (settled.Profit.ToString(), settled.Fee.ToString()));
    }

    /// <summary>Cash, fees, clearing and fund of a handful of users, as the ledger will keep them.</summary>
    private sealed class Books(params string[] cash)
    {
        private readonly Money[] cash = [.. cash.Select(M)];
        private readonly Position[] positions = [.. cash.Select(_ => new Position { IsCross = true })];

        public Money Fund { get; private set; } = M("50");
        public Money FeeAccount { get; private set; }
        public Money Clearing { get; private set; }
        public string[] Cash => [.. cash.Select(c => c.ToString())];
        public string[] EntryValues => [.. positions.Select(p => p.EntryValue.ToString())];
        public long OpenInterest => positions.Sum(p => long.Max(p.Size, 0));
        public Money Sum => cash.Aggregate(Fund + FeeAccount + Clearing, (sum, c) => sum + c);

        public Money Equity(long price) => Enumerable.Range(0, cash.Length)
            .Aggregate(Fund + FeeAccount, (sum, i) => sum + cash[i] + Eth.Unrealised(positions[i].Size, positions[i].EntryValue, price));

        public void Trade(int taker, int maker, long quantity, string price)
        {
            var value = Eth.Value(quantity, Eth.P(price));
            Leg(maker, -quantity, -value, Fees(value, "-0.0001"));
            Leg(taker, quantity, value, Fees(value, "0.00075"));
        }

        public void Settle(string mark, string rate)
        {
            for (var i = 0; i < cash.Length; i++)
            {
                var payment = FundingPayment.Of(Eth, positions[i].Size, Eth.P(mark), R(rate));
                positions[i].PayFunding(payment);
                cash[i] -= payment;
                Fund += payment;
            }
        }

        private void Leg(int user, long quantity, Money value, Money fee)
        {
            var profit = positions[user].Fill(Eth, quantity, value, fee, 1, out _).Profit;
            cash[user] += profit - fee;
            Clearing -= profit;
            FeeAccount += fee;
        }
    }

    [Fact]
    public void FX_70_F_076_F_250_F_253_F_255_money_is_conserved_through_trades_and_funding()
    {
        var books = new Books("1000", "1000", "500");
        const int A = 0, B = 1, C = 2;
        books.Trade(A, B, 100, "2600");
        Assert.Equal(["2600", "-2600", "0"], books.EntryValues);
        books.Trade(C, A, 40, "2650");
        books.Settle("2645", "0.0001");
        Assert.Equal(["1017.9973", "1000.5245", "499.0992"], books.Cash);
        Assert.Equal(("2.379", "-20", "50", "2550"), (books.FeeAccount.ToString(), books.Clearing.ToString(), books.Fund.ToString(), books.Sum.ToString()));
        Assert.Equal(["1560", "-2600", "1060"], books.EntryValues);
        Assert.All(new[] { "1", "2645", "999999" }, price => Assert.Equal("2550", books.Equity(Eth.P(price)).ToString()));

        books.Trade(B, A, 60, "2500");
        books.Trade(B, C, 40, "2500");
        Assert.Equal(["958.1473", "1098.6495", "439.1992"], books.Cash);
        Assert.Equal(("4.004", "0", "50", "2550"), (books.FeeAccount.ToString(), books.Clearing.ToString(), books.Fund.ToString(), books.Sum.ToString()));
        Assert.Equal(0, books.OpenInterest);
    }
}
