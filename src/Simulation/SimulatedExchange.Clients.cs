using Sluice.Core.Kernel;
using Sluice.Core.Values;
using Sluice.Products;
using Sluice.Products.Identity;
using Sluice.Products.Spot;
using Sluice.Products.Wallet;
using Sluice.Runtime;
using Sluice.Runtime.Sequencing;

namespace Sluice.Simulation;

public sealed partial class SimulatedExchange
{
    private const long MeanPauseNanos = 39 * Nanos.PerMillisecond;

    private long lastIssuedNanos;

    /// <summary>A client: what it has sent and not heard of.</summary>
    private sealed class Client
    {
        public bool IsOperator { get; init; }
        public List<Request> Waiting { get; } = [];
    }

    /// <summary>Users and funds the traders begin with: executed once, like the first calls an operator makes.</summary>
    private static void Provision(VenueProducts products, ICoreDoor door, long nowNanos)
    {
        Span<byte> bytes = stackalloc byte[128];
        while (products.Identity.Users.Count(user => user.Parent != 0) < Traders)
        {
            var number = products.Identity.Users.Count(user => user.Parent != 0);
            var main = (int)door.Execute(UserId.Venue, new CreateUser(), Texts(bytes, $"trader{number}")).ObjectId;
            foreach (var asset in products.Spot.State.Assets)
            {
                var amount = asset.Code == "BTC" ? Money.Units(1) : Money.Units(20_000);
                door.Execute(UserId.Venue, new Fund { User = main, Wallet = 1, Asset = asset.Id, Amount = amount });
            }
            CommandMix.ProvideContracts(door, products, main, nowNanos);
            door.Execute(UserId.Venue, new CreateUser { Parent = main }, Texts(bytes, $"sub{number}"));
        }

        static ReadOnlySpan<byte> Texts(Span<byte> bytes, string name)
        {
            var tail = new TailWriter(bytes);
            tail.Text(name);
            tail.Text("");
            tail.Text("");
            return tail.Written;
        }
    }

    private void PlanCommand() => agenda.In(pace.Between(0, 2 * MeanPauseNanos), () =>
    {
        last = "client";
        if (issued >= options.Commands) return;
        PlanCommand();
        Issue();
    });

    private void Issue()
    {
        var at = pace.Below(Traders * 8 + 1) / 8;
        var client = clients[at];
        if (client.Waiting.Count >= InFlightMax || venue is null || venue.Views.Pairs.Count == 0) return;
        var mains = venue.Views.Users.Where(user => user.Parent == 0 && user.Name.StartsWith("trader", StringComparison.Ordinal)).Select(user => user.Id).ToArray();
        if (mains.Length < Traders) return;
        var subs = venue.Views.SubAccountsOf(mains[at % Traders]);
        if (subs.Count == 0) return;
        var request = client.IsOperator ? mix.Operate(venue.Views, mains) : mix.Trade(venue.Views, mains[at], subs[0].Id);
        issued++;
        lastIssuedNanos = time.TrueNanos;
        request.JumpsBefore = time.Jumps;
        client.Waiting.Add(request);
        Send(client, request);
    }

    // Sent, and sent again under the same key until an answer comes.
    private void Send(Client client, Request request)
    {
        if (request.Answer is not null) return;
        if (request.Sent++ > 0) counts.Retries++;
        network.Send(() => Receive(client, request));
        agenda.In(RetryNanos + pace.Between(0, RetryNanos) * int.Min(request.Sent, 5), () => Send(client, request));
    }

    // The gateway: into the queue of the core, or nothing at all while the venue is down.
    private void Receive(Client client, Request request)
    {
        last = "gateway";
        if (venue is null) return;
        try
        {
            request.Submit(venue.Sequencer, new Gateway(this, client, request), 0);
        }
        catch (VenueUnavailableException)
        {
            return;
        }
        PlanCore(pace.Between(0, 300 * Nanos.PerMicrosecond));
    }

    private void Answered(Client client, Request request, CommandResult result)
    {
        last = "answer";
        if (request.Answer is { } first)
        {
            // An answer to a retry says the same, unless a clock that was set let the key be forgotten meanwhile: the witness judges those.
            if (request.JumpsBefore == time.Jumps && (result.Refusal, result.ObjectId) != (first.Refusal, first.ObjectId))
                throw new SimulationException($"a retry of {request.Name} was answered {result}, the first answer was {first}");
            return;
        }
        request.Answer = result;
        client.Waiting.Remove(request);
        counts.Answered++;
        if (result.Accepted) counts.Accepted++;
    }

    private sealed class Gateway(SimulatedExchange exchange, Client client, Request request) : ICompletion
    {
        public void Done(long token, CommandResult result, Stamp stamp, ReadOnlySpan<byte> events)
        {
            var shown = exchange.venue!.Views.Shown.Sequence;
            if (shown < stamp.Sequence) throw new SimulationException($"command {stamp.Sequence} was answered while the views showed {shown}");
            exchange.witness.Acknowledge(request.Key, stamp.Sequence, result);
            exchange.network.Send(() => exchange.Answered(client, request, result));
        }

        // The client hears that the venue has failed, which tells it as much as hearing nothing.
        public void Failed(long token, Exception reason) => exchange.counts.Unknown++;
    }
}
