using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;
using Sluice.Products.Futures.Commands;
using Sluice.Products.Futures.Margin;
using Sluice.Products.Wallet;

namespace Sluice.Products.Tests.Futures;

/// <summary>Ten thousand accounts with every kind of position, and a market that loses 60 %: what goes from one to the other goes nowhere else (F-250…F-255).</summary>
public sealed class MarketCrashTests
{
    private const int Accounts = 10_000;
    private const int Steps = 46;
    private const int OrdersPerStep = 1_500;

    [Fact]
    public void F_250_F_251_F_252_A_fall_of_sixty_percent_leaves_the_sum_as_it_was()
    {
        var random = new Random(7);
        var e = Exchange.With(Fx.Eth.Terms, "2600");
        var venue = e.Venue;
        var users = new int[Accounts];
        var deposits = Money.Zero;
        for (var i = 0; i < Accounts; i++)
        {
            users[i] = venue.User($"u{i}");
            var amount = Money.Units(random.Next(20, 2_000));
            venue.Accept(0, new Fund { User = users[i], Asset = 2, Wallet = Exchange.UsdtWallet, Amount = amount });
            deposits += amount;
            if (i % 5 == 4) venue.Accept(users[i], new SetPositionMode { Wallet = Exchange.UsdtWallet, Mode = PositionMode.Dual });
            venue.Accept(users[i], new SetLeverage { Instrument = e.Id, Leverage = random.Next(2, 75) * 100, IsCross = (byte)(i % 2) });
        }

        var (price, liquidated, deleveraged, fills) = (2600m, 0, 0, 0);
        for (var step = 0; step < Steps; step++)
        {
            Trade(price);
            price *= 0.98m;
            venue.Now += Nanos.PerSecond;
            Move(price);
            venue.CheckInvariants();
            Assert.Equal(deposits, Sum());
        }
        Assert.True(price < 2600 * 0.41m, $"the market ended at {price}");
        Assert.True(liquidated > 500 && fills > 3_000 && deleveraged > 0, $"{liquidated} liquidated, {deleveraged} deleveraged, {fills} fills");

        void Trade(decimal around)
        {
            for (var n = 0; n < OrdersPerStep; n++)
            {
                var size = random.Next(1, 40) * (random.Next(2) * 2 - 1);
                var at = around * (1 + (random.Next(-40, 41) / 10_000m));
                var order = new PlaceContractOrder
                {
                    Instrument = e.Id, Size = size, Price = (long)decimal.Round(at * 100), Flags = random.Next(6) == 0 ? ContractOrderFlags.ReduceOnly : ContractOrderFlags.None,
                    TimeInForce = random.Next(3) == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled,
                };
                venue.Send(users[random.Next(Accounts)], order, "", "");
                fills += venue.Of<Sluice.Products.Futures.Events.ContractFilled>().Count();
            }
        }

        void Move(decimal to)
        {
            Span<byte> bytes = stackalloc byte[128];
            var tail = new TailWriter(bytes);
            tail.Text(e.Market.Listed.IndexName);
            var raw = (Int128)decimal.Round(to * 100) * Fixed.PowerOfTen(Money.Decimals - 2);
            tail.Int64((long)(raw >> 64));
            tail.Int64(unchecked((long)(ulong)raw));
            tail.Int32(6);
            tail.Byte(0);
            venue.SendPrice(new SetPrices { Count = 1 }, tail.Written);
            liquidated += venue.Of<Sluice.Products.Futures.Events.LiquidationStarted>().Count();
            deleveraged += venue.Of<Sluice.Products.Futures.Events.PositionDeleveraged>().Count();
        }

        // Users, insurance fund, fees and the contra of all profits.
        Money Sum()
        {
            var sum = e.Fund + e.Fees + e.Clearing;
            foreach (var user in users)
            {
                var (available, held) = venue.Balance(user, 2, Exchange.UsdtWallet);
                sum += available + held;
            }
            return sum;
        }
    }
}
