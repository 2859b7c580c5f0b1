namespace PrivChain.Core.Records;

/// <summary>The types a record's field may have.</summary>
public enum FieldType
{
    /// <summary>One line of text.</summary>
    Text = 1,
    /// <summary>A whole number within ±(2^53 - 1), written without point or exponent.</summary>
    Integer = 2,
    /// <summary>A finite number.</summary>
    Number = 3,
    /// <summary>True or false.</summary>
    Boolean = 4,
    /// <summary>A list of one-line texts.</summary>
    TextList = 5,
    /// <summary>A calendar date, <c>2031-05-17</c>.</summary>
    Date = 6,
    /// <summary>A UTC time to the second, <c>2031-05-17T08:30:00Z</c>.</summary>
    Time = 7,
}
