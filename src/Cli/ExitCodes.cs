namespace Sluice.Cli;

/// <summary>What the process says when it ends (design.md, Operator interface).</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A check found something wrong.</summary>
    public const int Wrong = 1;

    /// <summary>It could not start as asked; one sentence says why and what helps.</summary>
    public const int Refused = 2;

    /// <summary>The venue refused what a trading verb asked, or was not there.</summary>
    public const int Failed = 20;

    public static int Refuse(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return Refused;
    }
}
