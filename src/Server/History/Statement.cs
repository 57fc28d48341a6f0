using Microsoft.Data.Sqlite;

namespace Sluice.Server.History;

/// <summary>A prepared statement with numbered parameters, filled in order.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand command;
    private readonly SqliteParameter[] parameters;
    private int next;

    public Statement(SqliteConnection connection, string sql, int count)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        parameters = new SqliteParameter[count];
        for (var i = 0; i < count; i++) parameters[i] = command.Parameters.Add(new SqliteParameter { ParameterName = $"@{i + 1}" });
    }

    public Statement Put(long value)
    {
        parameters[next++].Value = value;
        return this;
    }

    public Statement Put(string value)
    {
        parameters[next++].Value = value;
        return this;
    }

    public void Run(SqliteTransaction? transaction)
    {
        next = 0;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    public List<T> Read<T>(Func<SqliteDataReader, T> row, SqliteTransaction? transaction = null)
    {
        next = 0;
        command.Transaction = transaction;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    public void Dispose() => command.Dispose();
}

/// <summary>A query with its conditions and their values, built up.</summary>
internal sealed class Query(string select)
{
    private readonly System.Text.StringBuilder sql = new(select);
    private readonly List<object> values = [];
    private string glue = " WHERE ";

    public string Sql => sql.ToString();

    public IReadOnlyList<object> Values => values;

    /// <summary>A condition; each ? in it is the next value.</summary>
    public Query Where(string condition, params ReadOnlySpan<object> filled)
    {
        sql.Append(glue);
        glue = " AND ";
        Append(condition, filled);
        return this;
    }

    public Query WhereIs(string column, long? value) => value is { } wanted ? Where($"{column} = ?", wanted) : this;

    public Query Then(string rest, params ReadOnlySpan<object> filled)
    {
        sql.Append(' ');
        Append(rest, filled);
        return this;
    }

    /// <summary>And the rows of another selection, whose conditions follow.</summary>
    public Query And(string select)
    {
        sql.Append(" UNION ALL ").Append(select);
        glue = " WHERE ";
        return this;
    }

    public Query Page(in Window window) => Then("LIMIT ? OFFSET ?", (long)window.Limit, window.Skip);

    private void Append(string text, ReadOnlySpan<object> filled)
    {
        var at = 0;
        foreach (var letter in text)
        {
            if (letter != '?')
            {
                sql.Append(letter);
                continue;
            }
            values.Add(filled[at++]);
            sql.Append('@').Append(values.Count);
        }
    }
}
