using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sluice.Server.Gateway;

namespace Sluice.Server.Control;

/// <summary>`/health/live`, `/health/ready` and `/metrics`: without a token, for readers on this machine and those the operator named.</summary>
public sealed class Health
{
    private readonly ControlOptions options;
    private readonly MeterListener connections = new();
    private readonly Lock rating = new();
    private long connectionCount;
    private long ratedAt = Stopwatch.GetTimestamp();
    private long ratedSequence;
    private double rate;

    public Health(ControlOptions options)
    {
        this.options = options;
        ratedSequence = options.Views.Shown.Sequence;

        // The web server counts its connections already.
        connections.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Microsoft.AspNetCore.Server.Kestrel" && instrument.Name == "kestrel.active_connections") listener.EnableMeasurementEvents(instrument);
        };
        connections.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref connectionCount, change));
        connections.Start();
    }

    public void Map(WebApplication app)
    {
        app.MapGet("/health/live", http => AnswerAsync(http, LiveAsync));
        app.MapGet("/health/ready", http => AnswerAsync(http, ReadyAsync));
        app.MapGet("/metrics", http => AnswerAsync(http, MetricsAsync));
    }

    private async Task AnswerAsync(HttpContext http, Func<HttpContext, Task> answer)
    {
        if (Admits(http.Connection.RemoteIpAddress))
        {
            await answer(http);
            return;
        }
        var buffer = new ResponseBuffer();
        ControlApi.WriteError(buffer, new ApiError("FORBIDDEN", "Health and metrics are for readers on the venue's own machine, and those its operator named"));
        await ControlApi.WriteAsync(http, StatusCodes.Status403Forbidden, buffer.Complete());
    }

    public bool Admits(IPAddress? reader)
    {
        if (reader is null) return false;
        if (reader.IsIPv4MappedToIPv6) reader = reader.MapToIPv4();
        return IPAddress.IsLoopback(reader) || options.HealthReaders.Contains(reader);
    }

    private static Task LiveAsync(HttpContext http) => ControlApi.WriteAsync(http, StatusCodes.Status200OK, "{\"status\":\"live\"}"u8.ToArray());

    private async Task ReadyAsync(HttpContext http)
    {
        var reason = NotReady();
        var buffer = new ResponseBuffer();
        buffer.Json.WriteStartObject();
        buffer.Json.WriteString("status"u8, reason is null ? "ready"u8 : "not ready"u8);
        if (reason is not null)
        {
            buffer.Json.WriteString("label"u8, "TOO_BUSY"u8);
            buffer.Json.WriteString("message"u8, reason);
        }
        buffer.Json.WriteEndObject();
        await ControlApi.WriteAsync(http, reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, buffer.Complete());
    }

    private string? NotReady() => options.Sequencer.Unavailable ?? options.Ready.Select(check => check()).FirstOrDefault(reason => reason is not null);

    private async Task MetricsAsync(HttpContext http)
    {
        var text = new StringBuilder(4096);
        var counts = options.Views.Counts;
        var sequence = options.Views.Shown.Sequence;
        var sizes = options.Snapshots.Sizes();
        Write(text, "ready", "1 when the venue takes commands", NotReady() is null ? 1 : 0);
        Write(text, "sequence", "last command shown to readers", sequence, counter: true);
        Write(text, "durable_sequence", "last command the log has durably", options.Sequencer.DurableSequence, counter: true);
        Write(text, "commands_per_second", "commands a second since the reading before", Rate(sequence));
        Write(text, "batches_total", "batches of events shown to readers since start", counts.Batches, counter: true);
        Write(text, "log_bytes", "size of the log's segments", sizes.LogBytes);
        Write(text, "log_segments", "how many there are", sizes.Segments);
        Write(text, "snapshot_bytes", "size of the snapshots", sizes.SnapshotBytes);
        Write(text, "snapshots", "how many there are", sizes.Snapshots);
        Write(text, "snapshot_written_bytes_total", "bytes of snapshots written since start", options.Snapshots.BytesWritten, counter: true);
        Write(text, "users", "users and sub-accounts, participants left out", counts.Users);
        Write(text, "participants", "seeded participants", counts.Participants);
        Write(text, "open_orders", "open orders of users", counts.OpenOrders);
        Write(text, "participant_orders", "open orders of seeded participants", counts.ParticipantOrders);
        Write(text, "open_triggers", "waiting price-triggered orders", counts.OpenTriggers);
        Write(text, "trades_total", "public trades since the venue began", counts.Trades, counter: true);
        Write(text, "fills_total", "sides of trades of users since start", counts.Fills, counter: true);
        Write(text, "connections", "open connections of the web server", Interlocked.Read(ref connectionCount));
        Write(text, "clock_seconds", "the venue clock, Unix time", options.Sequencer.NowNanos / 1e9);
        using (var process = Process.GetCurrentProcess())
        {
            Write(text, "process_cpu_seconds_total", "processor time used", process.TotalProcessorTime.TotalSeconds, counter: true);
            Write(text, "process_resident_bytes", "memory in use", process.WorkingSet64);
        }
        Write(text, "managed_heap_bytes", "memory of live and dead objects", GC.GetTotalMemory(forceFullCollection: false));
        foreach (var gauge in options.Gauges) Write(text, gauge.Name, gauge.Help, gauge.Read(), gauge.Counter);

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }

    // Over at least a second, so that two readers do not make noise of each other.
    private double Rate(long sequence)
    {
        lock (rating)
        {
            var seconds = Stopwatch.GetElapsedTime(ratedAt).TotalSeconds;
            if (seconds < 1) return rate;
            rate = (sequence - ratedSequence) / seconds;
            (ratedAt, ratedSequence) = (Stopwatch.GetTimestamp(), sequence);
            return rate;
        }
    }

    private static void Write(StringBuilder text, string name, string help, double value, bool counter = false) => text
        .Append("# HELP sluice_").Append(name).Append(' ').Append(help).Append('\n')
        .Append("# TYPE sluice_").Append(name).Append(counter ? " counter\n" : " gauge\n")
        .Append("sluice_").Append(name).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
}
