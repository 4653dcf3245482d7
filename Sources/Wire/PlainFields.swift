import ProtoBytes

/// The fields of a message that is written in the plain way: in order of number, none twice but repeated ones.
/// Anything else is ``ProtoFlaw/malformed`` here, and no worse than unusual.
struct PlainFields {
    /// Fields of one message, beyond which it is no plain one: as many as a frame may have commands.
    static let fieldsMax = 4_096

    private var reader: ProtoReader
    private var last: UInt32 = 0
    private var left = PlainFields.fieldsMax
    /// The first number of those at the end of the message that may repeat.
    private let repeated: UInt32

    /// `repeated` and every number after it may come several times.
    init(_ bytes: UnsafeRawBufferPointer, repeatedFrom repeated: UInt32 = .max) {
        reader = ProtoReader(bytes)
        self.repeated = repeated
    }

    mutating func next() throws(ProtoFlaw) -> ProtoReader.Key? {
        guard let key = try reader.next() else { return nil }
        guard key.number > last || (key.number == last && key.number >= repeated) else { throw .malformed }
        guard left > 0 else { throw .malformed }
        last = key.number
        left -= 1
        return key
    }

    mutating func number(_ key: ProtoReader.Key) throws(ProtoFlaw) -> UInt64 {
        guard key.kind == .varint else { throw .malformed }
        return try reader.varint()
    }

    /// A number that fits the schema's `uint32`.
    mutating func number32(_ key: ProtoReader.Key) throws(ProtoFlaw) -> UInt32 {
        guard let number = UInt32(exactly: try number(key)) else { throw .malformed }
        return number
    }

    mutating func text(_ key: ProtoReader.Key) throws(ProtoFlaw) -> String {
        guard key.kind == .bytes else { throw .malformed }
        return try reader.text()
    }

    mutating func slice(_ key: ProtoReader.Key) throws(ProtoFlaw) -> UnsafeRawBufferPointer {
        guard key.kind == .bytes else { throw .malformed }
        return try reader.slice()
    }

    /// The next field, which must be this one.
    mutating func slice(of number: UInt32) throws(ProtoFlaw) -> UnsafeRawBufferPointer {
        guard let key = try next(), key.number == number else { throw .malformed }
        return try slice(key)
    }

    /// Nothing may be left.
    mutating func finish() throws(ProtoFlaw) {
        guard reader.isAtEnd else { throw .malformed }
    }
}
