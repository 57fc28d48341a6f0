namespace Sluice.Simulation;

/// <summary>The machine is off. No <see cref="IOException"/>, so that no code under test takes it for an answer of the disk.</summary>
public sealed class PowerLossException() : Exception("The power is gone.");
