/// A message of PostgreSQL's protocol, version 3: its type, and its content in the bytes that were read.
///
/// Source: https://www.postgresql.org/docs/15/protocol-message-formats.html
struct PostgresMessage: Hashable {
    enum Kind: UInt8 {
        case authentication = 0x52  // R
        case parameterStatus = 0x53  // S
        case backendKeyData = 0x4b  // K
        case parseComplete = 0x31  // 1
        case bindComplete = 0x32  // 2
        case rowDescription = 0x54  // T
        case dataRow = 0x44  // D
        case commandComplete = 0x43  // C
        case emptyQuery = 0x49  // I
        case readyForQuery = 0x5a  // Z
        case notice = 0x4e  // N
        case error = 0x45  // E
    }

    var kind: Kind
    var content: Range<Int>
}

/// Reads messages from bytes of which the last may not be whole yet.
struct PostgresReader {
    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next message, or nil, without moving, when it is not whole yet.
    ///
    /// - Throws: What an ErrorResponse says.
    mutating func next() throws(PeerError) -> PostgresMessage? {
        guard offset + 5 <= bytes.count else { return nil }
        guard let kind = PostgresMessage.Kind(rawValue: bytes[offset]) else {
            throw PeerError("PostgreSQL: a message of type \(bytes[offset])")
        }
        // The length counts itself, but not the type.
        let end = offset + 1 + Int(bytes.bigEndian(UInt32.self, at: offset + 1))
        guard end >= offset + 5 else { throw PeerError("PostgreSQL: a message of less than its length") }
        guard end <= bytes.count else { return nil }
        let content = offset + 5..<end
        offset = end
        guard kind != .error else { throw PeerError("PostgreSQL: \(errorText(content))") }
        return PostgresMessage(kind: kind, content: content)
    }

    /// The columns of a DataRow that has `count`; a NULL is an error here, because no query gives one.
    func columns(_ count: Int, of row: Range<Int>) throws(PeerError) -> (Range<Int>, Range<Int>) {
        guard row.count >= 2, bytes.bigEndian(UInt16.self, at: row.lowerBound) == count else {
            throw PeerError("PostgreSQL: a row of other columns")
        }
        let first = try column(at: row.lowerBound + 2, in: row)
        guard count > 1 else { return (first, first) }
        return (first, try column(at: first.upperBound, in: row))
    }

    private func column(at offset: Int, in row: Range<Int>) throws(PeerError) -> Range<Int> {
        guard offset + 4 <= row.upperBound else { throw PeerError("PostgreSQL: a row that ends too early") }
        let length = Int(bytes.bigEndian(Int32.self, at: offset))
        guard length >= 0, offset + 4 + length <= row.upperBound else {
            throw PeerError("PostgreSQL: a NULL, or a row that ends too early")
        }
        return offset + 4..<offset + 4 + length
    }

    /// The message (field M) of an ErrorResponse: fields of a letter and a text that ends with NUL.
    private func errorText(_ content: Range<Int>) -> String {
        var start = content.lowerBound
        while start < content.upperBound, bytes[start] != 0,
            let end = bytes.offset(of: 0, from: start), end < content.upperBound
        {
            if bytes[start] == 0x4d { return bytes.text(start + 1..<end) }
            start = end + 1
        }
        return "an error without a message"
    }
}

/// Messages that a client sends. Statements are prepared under a name of one letter.
extension ByteBuffer {
    private func message(_ type: UInt8, _ content: () -> Void) {
        append(type)
        let start = count
        append(bigEndian: UInt32(0))
        content()
        overwrite(bigEndian: UInt32(count - start), at: start)
    }

    func appendStartup(user: StaticString, database: StaticString) {
        let start = count
        append(bigEndian: UInt32(0))
        append(bigEndian: UInt32(196_608))
        append("user\0")
        append(user)
        append("\0database\0")
        append(database)
        append("\0\0")
        overwrite(bigEndian: UInt32(count - start), at: start)
    }

    func appendQuery(_ sql: String) {
        message(0x51) {
            append(text: sql)
            append(0)
        }
    }

    func appendParse(_ statement: UInt8, _ sql: String) {
        message(0x50) {
            append(statement)
            append(0)
            append(text: sql)
            append("\0\0\0")
        }
    }

    /// Binds and executes a prepared statement of no parameter or of one, which `parameter` writes.
    ///
    /// Rows come in binary; the parameter is binary or text.
    func appendExecute(
        _ statement: UInt8, parameters: Int, isBinary: Bool = true, _ parameter: () -> Void = {}
    ) {
        message(0x42) {
            append(0)
            append(statement)
            append(0)
            append(bigEndian: UInt16(1))
            append(bigEndian: UInt16(isBinary ? 1 : 0))
            append(bigEndian: UInt16(parameters))
            if parameters == 1 {
                let start = count
                append(bigEndian: UInt32(0))
                parameter()
                overwrite(bigEndian: UInt32(count - start - 4), at: start)
            }
            append(bigEndian: UInt16(1))
            append(bigEndian: UInt16(1))
        }
        message(0x45) {
            append(0)
            append(bigEndian: UInt32(0))
        }
    }

    func appendSync() { message(0x53) {} }

    /// The head of an array of one dimension in binary; its elements follow, each a length and its bytes.
    func appendArray(elementType: UInt32, count: Int) {
        append(bigEndian: UInt32(1))
        append(bigEndian: UInt32(0))
        append(bigEndian: elementType)
        append(bigEndian: UInt32(count))
        append(bigEndian: UInt32(1))
    }
}
