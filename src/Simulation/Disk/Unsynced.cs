namespace Sluice.Simulation;

/// <summary>What of one page the platter does not have yet.</summary>
internal struct Unsynced
{
    /// <summary>A bit for each sector that was written since it was last flushed.</summary>
    public byte Dirty;

    /// <summary>A bit for each sector whose flush failed: clean to the cache, in doubt on the platter, until it is written again.</summary>
    public byte Lost;

    /// <summary>What the sectors held between the flush and now, oldest first; what they hold now is in the cache.</summary>
    public List<(int Sector, byte[] Bytes)>? Earlier;
}
