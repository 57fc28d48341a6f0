namespace Sluice.Core.Kernel;

/// <summary>Something that must never be is: the machine stops, because an exchange that is wrong must not trade.</summary>
public sealed class BrokenInvariantException(string message) : Exception(message);
