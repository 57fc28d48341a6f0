namespace Sluice.Simulation;

/// <summary>The pages of a file up to the last that was ever written; what lies behind is zero and costs nothing.</summary>
internal sealed class PageTable
{
    private Page?[] pages = [];

    /// <summary>Pages from here on are zero.</summary>
    public int Count { get; private set; }

    public Page? this[int page] => page < Count ? pages[page] : null;

    public Span<byte> Writable(int page) => Page.Writable(ref Place(page));

    public void Set(int page, Page? shared) => Place(page) = shared;

    public void Clear()
    {
        pages = [];
        Count = 0;
    }

    public PageTable Copy()
    {
        var copy = new PageTable { pages = Count == 0 ? [] : new Page?[Count], Count = Count };
        for (var page = 0; page < Count; page++) copy.pages[page] = Page.Share(pages[page]);
        return copy;
    }

    public void Read(long offset, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            var (page, at) = ((int)(offset / Page.Bytes), (int)(offset % Page.Bytes));
            var part = page >= Count ? into.Length : int.Min(Page.Bytes - at, into.Length);
            if (page >= Count) into.Clear();
            else Page.Content(pages[page]).Slice(at, part).CopyTo(into);
            into = into[part..];
            offset += part;
        }
    }

    private ref Page? Place(int page)
    {
        if (page >= pages.Length) Array.Resize(ref pages, int.Max(page + 1, pages.Length * 2));
        Count = int.Max(Count, page + 1);
        return ref pages[page];
    }
}
