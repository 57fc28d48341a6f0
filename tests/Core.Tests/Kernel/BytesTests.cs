using CsCheck;
using Sluice.Core.Kernel;
using Sluice.Core.Matching;
using Sluice.Core.Values;

namespace Sluice.Core.Tests.Kernel;

/// <summary>Events, tails and saved state as bytes.</summary>
public class BytesTests
{
    [Fact]
    public void Events_are_read_as_they_were_written_also_when_the_buffer_grows()
    {
        var buffer = new EventBuffer(8);
        for (var i = 0; i < 100; i++)
        {
            buffer.Append(new BookDelta { Price = i, Size = i * 2 }, new byte[i]);
            buffer.Append<OrderFinished>().OrderId = i;
        }
        var reader = buffer.Read();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(reader.Next());
            Assert.Equal((i, i * 2L), (reader.As<BookDelta>().Price, reader.As<BookDelta>().Size));
            Assert.Equal(i, reader.Tail<BookDelta>().Length);
            Assert.True(reader.Next());
            Assert.Equal((OrderFinished.Kind, (long)i), (reader.Kind, reader.As<OrderFinished>().OrderId));
        }
        Assert.False(reader.Next());
    }

    [Fact]
    public void M_003_equal_events_are_equal_bytes_whatever_the_buffer_held_before()
    {
        var (fresh, used) = (new EventBuffer(1024), new EventBuffer(1024));
        for (var i = 0; i < 20; i++) used.Append(new BookDelta { Price = -1, Size = -1, UpdateId = -1, Instrument = -1 }, [255, 255, 255]);
        used.Clear();
        foreach (var buffer in new[] { fresh, used })
        {
            buffer.Append(new BookDelta { Price = 1 }, [1]);
            buffer.Append<BookDelta>();
            buffer.Append(new BookDelta { Price = 2 }, [1, 2, 3, 4, 5]);
        }
        Assert.Equal(fresh.Written.ToArray(), used.Written.ToArray());
    }

    [Fact]
    public void An_event_is_not_read_as_another()
    {
        var buffer = new EventBuffer();
        buffer.Append(new BookDelta { Price = 1 });
        Assert.Throws<InvalidOperationException>(() =>
        {
            var reader = buffer.Read();
            reader.Next();
            return reader.As<OrderFinished>().OrderId;
        });
    }

    [Fact]
    public void Tails_come_back_and_cut_ones_end() => Gen.Select(Gen.String[0, 20], Gen.Long, Gen.Int, Gen.Byte).Sample((text, wide, number, small) =>
    {
        var bytes = new byte[256];
        var writer = new TailWriter(bytes);
        writer.Text(text);
        writer.Int64(wide);
        writer.Int32(number);
        writer.Byte(small);
        var reader = new TailReader(writer.Written);
        var expected = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal((expected, wide, number, small), (reader.Text(), reader.Int64(), reader.Int32(), reader.Byte()));
        Assert.True(reader.IsEmpty);
        for (var cut = 0; cut < writer.Length; cut++)
        {
            var shorter = new TailReader(writer.Written[..cut]);
            for (var i = 0; i < 300 && !shorter.IsEmpty; i++) shorter.Bytes();
            Assert.True(shorter.IsEmpty);
            var numbers = new TailReader(writer.Written[..cut]);
            for (var i = 0; i < 300 && !numbers.IsEmpty; i++) numbers.Int64();
            Assert.True(numbers.IsEmpty);
        }
    }, iter: 300);

    [Fact]
    public void Saved_state_is_read_in_the_same_order()
    {
        var writer = new StateWriter();
        writer.Int64(long.MinValue);
        writer.Int32(-5);
        writer.Byte(7);
        writer.Int128(Int128.MinValue);
        writer.Money(Money.Units(-3));
        writer.Text("Zürich");
        writer.Bytes([1, 2, 3]);
        writer.Value(new Stamp(4, 5));
        writer.Bytes(new byte[200_000]);
        var reader = new StateReader(writer.Written.Span);
        Assert.Equal((long.MinValue, -5, (byte)7, Int128.MinValue), (reader.Int64(), reader.Int32(), reader.Byte(), reader.Int128()));
        Assert.Equal((Money.Units(-3), "Zürich"), (reader.Money(), reader.Text()));
        Assert.Equal([1, 2, 3], reader.Bytes().ToArray());
        Assert.Equal(new Stamp(4, 5), reader.Value<Stamp>());
        Assert.Equal(200_000, reader.Bytes().Length);
        Assert.True(reader.IsEmpty);
    }

    [Fact]
    public void The_fold_tells_lengths_and_places_apart()
    {
        byte[][] texts = [[], [0], [0, 0], [1], [1, 0], [0, 1], new byte[8], new byte[9], new byte[16], [0, 0, 0, 0, 0, 0, 0, 0, 1]];
        Assert.Equal(texts.Length, texts.Select(t => Fold.Over(Fold.Start, t)).Distinct().Count());
        Assert.Equal(Fold.Over(Fold.Start, texts[5]), Fold.Over(Fold.Start, [0, 1]));
    }
}
