using System.Diagnostics.CodeAnalysis;

namespace Sluice.Server.Gateway;

/// <summary>Answers one operation. Everything it may say is in the request: the body it writes, or the refusal it returns.</summary>
public delegate ValueTask<ApiResult> ApiHandler(ApiRequest request);

/// <summary>The endpoints of one product.</summary>
public interface IEndpointGroup
{
    void Map(EndpointTable endpoints);
}

/// <summary>Which operation answers at which path, and which of them are built. Filled once at composition, read-only afterwards.</summary>
public sealed class EndpointTable
{
    // These answer an empty list until their product exists, so that an unmodified ccxt loads its markets.
    private static readonly Dictionary<string, string[]> EmptyLists = new(StringComparer.Ordinal)
    {
        ["listOptionsUnderlyings"] = [],
        ["listOptionsContracts"] = [],
        ["listMarginCurrencyPairs_6_88_0"] = [],
    };

    // The dialect reads this one with GET; one client in use posts it.
    private static readonly (string Method, string OperationId)[] Aliases = [("POST", "getTransferOrderStatus")];

    private readonly Node root = new();
    private readonly ApiHandler?[] handlers = new ApiHandler?[Operations.All.Count];

    public EndpointTable()
    {
        foreach (var operation in Operations.All) Add(operation.Method, operation);
        foreach (var (method, id) in Aliases) Add(method, Operations.Of(id));
    }

    /// <summary>Declares that an operation is built. Unknown ids and second declarations are programming mistakes and throw.</summary>
    public void Map(string operationId, ApiHandler handler)
    {
        var operation = Operations.Of(operationId);
        if (handlers[operation.Index] is not null) throw new ArgumentException($"{operationId} is mapped twice.", nameof(operationId));
        handlers[operation.Index] = handler;
    }

    /// <summary>Whether the operation is built; the stand-ins that answer an empty list are not.</summary>
    public bool IsMapped(Operation operation) => handlers[operation.Index] is not null;

    /// <summary>Whether the operation answers an empty list because its product does not exist yet.</summary>
    public bool IsEmptyList(Operation operation) => !IsMapped(operation) && EmptyLists.ContainsKey(operation.Id);

    /// <summary>What is built, in the order of the table.</summary>
    public IEnumerable<Operation> Mapped => Operations.All.Where(IsMapped);

    internal ApiHandler? HandlerOf(Operation operation, string[] pathValues)
    {
        if (handlers[operation.Index] is { } handler) return handler;
        if (!EmptyLists.TryGetValue(operation.Id, out var settles)) return null;
        return settles.Length == 0 || settles.Contains(pathValues[0]) ? AnswerEmptyList : null;
    }

    /// <summary>Finds what answers a path (relative to /api/v4, as sent, still percent-encoded).</summary>
    public EndpointMatch Match(string method, ReadOnlySpan<char> path)
    {
        Span<Range> values = stackalloc Range[Node.MaxParameters];
        Node? other = null;
        var operation = path.Length > 0 && path[0] == '/' ? root.Find(method, path, 1, values, 0, ref other) : null;
        if (operation is null) return new EndpointMatch(null, [], other?.AllowedMethods);

        var count = operation.Path.AsSpan().Count('{');
        if (count == 0) return new EndpointMatch(operation, [], null);
        var texts = new string[count];
        for (var i = 0; i < count; i++) texts[i] = Uri.UnescapeDataString(path[values[i]]);
        return new EndpointMatch(operation, texts, null);
    }

    private static ValueTask<ApiResult> AnswerEmptyList(ApiRequest request)
    {
        request.Json.WriteStartArray();
        request.Json.WriteEndArray();
        return new(ApiResult.Done);
    }

    private void Add(string method, Operation operation)
    {
        var node = root;
        foreach (var segment in operation.Path[1..].Split('/')) node = segment[0] == '{' ? node.Parameter() : node.Literal(segment);
        node.Add(method, operation);
    }

    private sealed class Node
    {
        public const int MaxParameters = 4;

        private readonly Dictionary<string, Node> literals = new(StringComparer.Ordinal);
        private readonly List<(string Method, Operation Operation)> operations = [];
        private Node? parameter;

        public string AllowedMethods => string.Join(",", operations.Select(entry => entry.Method));

        public Node Parameter() => parameter ??= new Node();

        public Node Literal(string segment)
        {
            if (!literals.TryGetValue(segment, out var node)) literals.Add(segment, node = new Node());
            return node;
        }

        public void Add(string method, Operation operation)
        {
            if (operations.Any(entry => entry.Method == method)) throw new InvalidOperationException($"{method} {operation.Path} stands twice.");
            operations.Add((method, operation));
        }

        /// <summary>A literal segment wins over a parameter; where it leads nowhere, the parameter is tried. <paramref name="other"/> becomes the
        /// first place that has the path but not the method.</summary>
        public Operation? Find(string method, ReadOnlySpan<char> path, int at, Span<Range> values, int depth, ref Node? other)
        {
            if (at > path.Length)
            {
                foreach (var entry in operations)
                {
                    if (entry.Method == method) return entry.Operation;
                }
                if (operations.Count > 0) other ??= this;
                return null;
            }
            var slash = path[at..].IndexOf('/');
            var end = slash < 0 ? path.Length : at + slash;
            var segment = path[at..end];
            if (literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var literal)
                && literal.Find(method, path, end + 1, values, depth, ref other) is { } found) return found;
            if (parameter is null || segment.IsEmpty) return null;
            values[depth] = at..end;
            return parameter.Find(method, path, end + 1, values, depth + 1, ref other);
        }
    }
}

/// <summary>What a path leads to: an operation, or the methods the path would answer, or nothing.</summary>
public readonly record struct EndpointMatch(Operation? Operation, string[] PathValues, string? AllowedMethods)
{
    [MemberNotNullWhen(true, nameof(Operation))]
    public bool Found => Operation is not null;
}
