namespace Sluice.Core.Values;

/// <summary>Which way a division that does not come out even goes. There is no default: the call names it.</summary>
public enum Rounding
{
    /// <summary>Toward minus infinity.</summary>
    Floor,

    /// <summary>Toward plus infinity.</summary>
    Ceiling,

    /// <summary>To the nearest; a midpoint goes to the even neighbour.</summary>
    HalfEven,

    /// <summary>To the nearest; a midpoint goes away from zero.</summary>
    HalfAway,
}
