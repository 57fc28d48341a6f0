using System.Globalization;

namespace Sluice.Bench.Measure;

/// <summary>The command line said something a benchmark does not understand.</summary>
public sealed class ArgumentsException(string message) : Exception(message);

/// <summary><c>--name value</c> pairs and names alone, each asked for once; what nobody asked for is an error, so that a misspelt option is not ignored.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, string?> values = [];      // null: named without a value

    public Arguments(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!IsName(args[i])) throw new ArgumentsException($"'{args[i]}' is not an option; options are written --name value.");
            var name = args[i][2..];
            var value = i + 1 < args.Length && !IsName(args[i + 1]) ? args[++i] : null;
            if (!values.TryAdd(name, value)) throw new ArgumentsException($"--{name} is given twice.");
        }
    }

    /// <summary>Null when it is not given.</summary>
    public string? Text(string name) =>
        !values.Remove(name, out var value) ? null : value ?? throw new ArgumentsException($"--{name} takes a value.");

    /// <summary>Whether it is named; it takes no value.</summary>
    public bool Flag(string name) =>
        values.Remove(name, out var value) && (value is null ? true : throw new ArgumentsException($"--{name} takes no value, not '{value}'."));

    public int Number(string name, int otherwise, int least = 1)
    {
        if (Text(name) is not { } text) return otherwise;
        return int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw new ArgumentsException($"--{name} takes a whole number from {least}, not '{text}'.");
    }

    public void NoMore()
    {
        if (values.Count > 0) throw new ArgumentsException($"This benchmark has no option --{values.Keys.First()}.");
    }

    private static bool IsName(string text) => text.StartsWith("--", StringComparison.Ordinal);
}
