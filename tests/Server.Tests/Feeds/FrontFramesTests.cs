using System.Buffers.Binary;
using System.Text;
using Sluice.Server.Feeds;

namespace Sluice.Server.Tests.Feeds;

/// <summary>What of a client's bytes is offered as whole messages, and what reaches the socket, wherever the network cuts them.</summary>
public sealed class FrontFramesTests
{
    private const byte Text = 1, Continuation = 0, Binary = 2, Ping = 9, Close = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Each_message_is_taken_or_reaches_the_socket_as_it_came_and_in_its_place(int seed)
    {
        var chance = new Random(seed);
        var sent = new List<byte>();
        var expected = new List<string>();
        var inParts = false;
        for (var i = 0; i < 400; i++)
        {
            var text = new string((char)('a' + i % 26), chance.Next(8) switch { 0 => chance.Next(3), 1 => chance.Next(120, 130), 2 => chance.Next(65_530, 65_545), _ => chance.Next(1000) }) + i;
            var (kind, isFinal, isMasked) = inParts ? (Continuation, chance.Next(2) == 0, true)
                : chance.Next(6) switch { 0 => (Ping, true, true), 1 => (Binary, true, true), 2 => (Text, false, true), 3 => (Text, true, false), _ => (Text, true, true) };
            if (kind == Ping) text = "ping";
            else if (kind < Close) inParts = !isFinal;
            var takes = chance.Next(2) == 0;
            if (takes) text = "take " + text;
            var frame = Frame(kind, isFinal, isMasked, Encoding.ASCII.GetBytes(text), chance);
            sent.AddRange(frame);
            var whole = kind == Text && isFinal && isMasked && frame.Length <= 32 * 1024;
            expected.Add(takes && whole ? text : Convert.ToHexString(frame));
        }
        var close = Frame(Close, true, true, [3, 232], chance);
        var behind = Frame(Text, true, true, "take what comes behind the end"u8.ToArray(), chance);
        sent.AddRange([.. close, .. behind]);
        expected.AddRange([Convert.ToHexString(close), Convert.ToHexString(behind)]);

        var seen = new Seen();
        var frames = new FrontFrames(new CutStream([.. sent], chance), seen);
        var buffer = new byte[chance.Next(1, 40_000)];
        while (await frames.ReadAsync(buffer, TestContext.Current.CancellationToken) is var read and > 0)
        {
            Assert.True(seen.Ended, "The socket reads on while something that was taken waits.");
            seen.Socket(buffer.AsSpan(0, read));
        }
        Assert.Equal(string.Concat(expected.Select(one => one.StartsWith("take", StringComparison.Ordinal) ? $"[{one}]" : one)), seen.All);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_frame_is_the_sockets()
    {
        var frame = Frame(Text, true, true, "take it"u8.ToArray(), new Random(1));
        var seen = new Seen();
        var frames = new FrontFrames(new CutStream(frame[..^1], new Random(1)), seen);
        var buffer = new byte[100];
        while (await frames.ReadAsync(buffer, TestContext.Current.CancellationToken) is var read and > 0) seen.Socket(buffer.AsSpan(0, read));
        Assert.Equal(Convert.ToHexString(frame[..^1]), seen.All);
    }

    private static byte[] Frame(byte kind, bool isFinal, bool isMasked, byte[] text, Random chance)
    {
        var frame = new List<byte> { (byte)((isFinal ? 0x80 : 0) | kind) };
        var masked = isMasked ? 0x80 : 0;
        Span<byte> length = stackalloc byte[8];
        if (text.Length < 126)
        {
            frame.Add((byte)(masked | text.Length));
        }
        else if (text.Length <= ushort.MaxValue)
        {
            frame.Add((byte)(masked | 126));
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
            frame.AddRange(length[..2]);
        }
        else
        {
            frame.Add((byte)(masked | 127));
            BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)text.Length);
            frame.AddRange(length);
        }
        if (!isMasked) return [.. frame, .. text];
        var mask = new byte[4];
        chance.NextBytes(mask);
        frame.AddRange(mask);
        frame.AddRange(text.Select((letter, i) => (byte)(letter ^ mask[i & 3])));
        return [.. frame];
    }

    /// <summary>Takes what says so; and what the socket read between, in hexadecimal digits.</summary>
    private sealed class Seen : IMessageTaker
    {
        private readonly StringBuilder all = new();

        public string All => all.ToString();

        public bool Ended { get; private set; } = true;

        public void Socket(ReadOnlySpan<byte> bytes) => all.Append(Convert.ToHexString(bytes));

        public bool TryTake(ReadOnlySpan<byte> text)
        {
            if (!text.StartsWith("take"u8)) return false;
            all.Append('[').Append(Encoding.ASCII.GetString(text)).Append(']');
            Ended = false;
            return true;
        }

        public void EndTurn() => Ended = true;
    }

    /// <summary>Gives bytes in pieces of any size.</summary>
    private sealed class CutStream(byte[] bytes, Random chance) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..int.Min(buffer.Length, chance.Next(3) switch { 0 => chance.Next(1, 20), 1 => chance.Next(1, 2000), _ => 100_000 })]));
    }
}
