using System.Diagnostics;

namespace Sluice.Privileged.Tests;

/// <summary>A file system of a few megabytes in memory, mounted for real: by root as it is, by anyone else in a user namespace that a sleeping process
/// keeps open.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Needed = "This test mounts a tmpfs of a few megabytes. It needs either root with CAP_SYS_ADMIN, or user namespaces for everyone "
        + "(unshare -Urm and nsenter of util-linux; sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0 where they exist).";

    private readonly string mountPoint = Directory.CreateTempSubdirectory("sluice-disk-").FullName;
    private readonly Process? holder;

    private SmallDisk(int megabytes)
    {
        var mount = $"mount -t tmpfs -o size={megabytes}m,mode=0777 tmpfs {mountPoint}";
        if (Environment.IsPrivilegedProcess && Run("sh", "-c", mount) is { Length: 0 })
        {
            Reached = mountPoint;
            return;
        }
        holder = Start("unshare", "-Urm", "sh", "-c", $"{mount} && echo mounted && exec sleep infinity");
        if (holder.StandardOutput.ReadLine() != "mounted")
        {
            holder.WaitForExit();
            throw new InvalidOperationException($"{Needed} unshare said: {holder.StandardError.ReadToEnd()}");
        }
        Reached = $"/proc/{holder.Id}/root{mountPoint}";
        Launcher = ["nsenter", "-t", $"{holder.Id}", "-U", "-m", "--preserve-credentials"];
    }

    /// <summary>Where the venue finds it.</summary>
    public string Path => mountPoint;

    /// <summary>Where this process finds it.</summary>
    public string Reached { get; }

    /// <summary>What runs a venue that finds it.</summary>
    public string[] Launcher { get; } = [];

    private string Ballast => System.IO.Path.Combine(Reached, "ballast");

    /// <summary>Fails with the sentence of what is needed where neither way works.</summary>
    public static SmallDisk Mount(int megabytes) => new(megabytes);

    /// <summary>Until not one byte is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var bytes in new[] { 1 << 16, 1 << 12, 1 })
        {
            try
            {
                for (var zeros = new byte[bytes]; ;) file.Write(zeros);
            }
            catch (IOException)
            {
                // Full, to that measure.
            }
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        if (holder is null) Run("umount", "-l", mountPoint);
        else
        {
            holder.Kill();
            holder.WaitForExit();
            holder.Dispose();
        }
        Directory.Delete(mountPoint);
    }

    // What it complained of; nothing when it went well.
    private static string Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"{program} ended with {process.ExitCode}: {errors}";
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"{Needed} {program}: {missing.Message}", missing);
        }
    }
}
