using System.Diagnostics;
using System.Reflection;

namespace Sluice.Bench.Measure;

/// <summary>This program once more, in a process of its own.</summary>
internal static class Itself
{
    /// <summary>As it was started: by the executable, or by dotnet and the assembly.</summary>
    public static ProcessStartInfo With(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? new ProcessStartInfo(program, [Assembly.GetEntryAssembly()!.Location, .. arguments]) : new ProcessStartInfo(program, arguments);
    }
}
