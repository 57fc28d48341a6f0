namespace Sluice.Fuzz.Tests.Rest;

/// <summary>Live values by name of the parameter, for what a schema cannot know. One object is one request, or one element of a batch, so that its values belong
/// together.</summary>
internal interface IValues
{
    /// <summary>Whether its ids are somebody else's on purpose.</summary>
    bool IsForeign { get; }

    /// <summary>How often of a hundred an optional parameter is given.</summary>
    int ChanceOf(string name);

    /// <summary>A value that should do, as plain text; null when the schema is to choose.</summary>
    string? ValueOf(string name, ref Dice dice);
}
