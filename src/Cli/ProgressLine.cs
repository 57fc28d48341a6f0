namespace Sluice.Cli;

/// <summary>One line on the error output that shows how far a long job is, from the second second on. On a terminal it is overwritten,
/// elsewhere it appears every ten seconds.</summary>
internal sealed class ProgressLine(string what) : IDisposable
{
    private readonly bool terminal = !Console.IsErrorRedirected;
    private readonly long started = Environment.TickCount64;
    private long last = Environment.TickCount64;
    private bool shown;

    public void Report(long done)
    {
        var now = Environment.TickCount64;
        if (now - started < 2000 || now - last < (terminal ? 200 : 10_000)) return;
        last = now;
        shown = true;
        var line = $"{what}: {done:N0} in {(now - started) / 1000} s, {done * 1000 / (now - started):N0}/s";
        if (terminal) Console.Error.Write($"\r\e[K{line}");
        else Console.Error.WriteLine(line);
    }

    public void Dispose()
    {
        if (shown && terminal) Console.Error.Write("\r\e[K");
    }
}
