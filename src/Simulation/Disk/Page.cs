namespace Sluice.Simulation;

/// <summary>4 KiB of a file. Frozen once more than one place may hold it; then a writer takes a copy.</summary>
internal sealed class Page
{
    public const int Bytes = 4096;
    public const int SectorBytes = 512;
    public const int Sectors = Bytes / SectorBytes;

    private static readonly byte[] Zeros = new byte[Bytes];

    private readonly byte[] bytes = new byte[Bytes];
    private bool frozen;

    /// <summary>Null is a page of zeros.</summary>
    public static ReadOnlySpan<byte> Content(Page? page) => page is null ? Zeros : page.bytes;

    public static ReadOnlySpan<byte> Sector(Page? page, int sector) => Content(page).Slice(sector * SectorBytes, SectorBytes);

    /// <summary>The page in this place, made if absent and copied if frozen, to be written.</summary>
    public static Span<byte> Writable(ref Page? place)
    {
        if (place is null) place = new Page();
        else if (place.frozen)
        {
            var copy = new Page();
            place.bytes.CopyTo(copy.bytes.AsSpan());
            place = copy;
        }
        return place.bytes;
    }

    /// <summary>The same page for another place.</summary>
    public static Page? Share(Page? page)
    {
        if (page is not null) page.frozen = true;
        return page;
    }
}
