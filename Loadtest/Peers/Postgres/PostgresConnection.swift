/// A connection whose session has begun. Nobody asks for a password: the server trusts loopback.
struct PostgresConnection {
    /// Object identifiers of types. Source: src/include/catalog/pg_type.dat
    static let int8: UInt32 = 20
    static let text: UInt32 = 25

    let stream: ByteStream

    static func open(port: UInt16) throws(PeerError) -> Self {
        let connection = Self(stream: try ByteStream(port: port))
        connection.stream.output.appendStartup(user: "postgres", database: "postgres")
        _ = try connection.waitUntilReady()
        return connection
    }

    /// Runs statements, and returns the first column of the last row as text. Never while measuring.
    func ask(_ sql: String) throws(PeerError) -> String {
        stream.output.appendQuery(sql)
        return try waitUntilReady()
    }

    func prepare(_ statement: UInt8, _ sql: String) throws(PeerError) {
        stream.output.appendParse(statement, sql)
        stream.output.appendSync()
        _ = try waitUntilReady()
    }

    private func waitUntilReady() throws(PeerError) -> String {
        var text = ""
        return try stream.exchange { () throws(PeerError) in
            var reader = PostgresReader(stream.input.readable)
            var isReady = false
            while !isReady, let message = try reader.next() {
                switch message.kind {
                case .authentication:
                    guard reader.bytes.bigEndian(UInt32.self, at: message.content.lowerBound) == 0 else {
                        throw PeerError("PostgreSQL asks for a password")
                    }
                case .dataRow: text = reader.bytes.text(try reader.columns(1, of: message.content).0)
                case .readyForQuery: isReady = true
                case .parameterStatus, .backendKeyData, .parseComplete, .bindComplete, .rowDescription,
                    .commandComplete, .emptyQuery, .notice:
                    break
                case .error: throw PeerError("PostgreSQL: an error")
                }
            }
            stream.input.consume(reader.offset)
            return isReady ? text : nil
        }
    }
}
