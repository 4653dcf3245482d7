/// Reads protobuf's wire format in place. Total: any bytes give values or ``ProtoFlaw``, each byte is looked at once.
///
/// Borrows the bytes: use it only while they are valid.
///
/// Public, though nobody outside asks for it: the compiler inlines nothing that is `package` into another module, and
/// a call for each field took more time than reading it.
public struct ProtoReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var position = 0

    @inlinable public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// What comes before a value: the field's number, and how its value is encoded.
    public struct Key: Hashable, Sendable {
        public var number: UInt32
        public var kind: Kind

        @inlinable init(number: UInt32, kind: Kind) {
            self.number = number
            self.kind = kind
        }
    }

    public enum Kind: UInt8, Sendable {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case group = 3
        case groupEnd = 4
        case fixed32 = 5
    }

    @inlinable public var isAtEnd: Bool { position == bytes.count }
    /// Bytes read so far.
    @inlinable public var offset: Int { position }

    /// The next field, whose value must be read or skipped next; nil at the end.
    @inlinable @inline(__always) public mutating func next() throws(ProtoFlaw) -> Key? {
        guard position < bytes.count else { return nil }
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29, let kind = Kind(rawValue: UInt8(key & 7)) else {
            throw .malformed
        }
        return Key(number: UInt32(key >> 3), kind: kind)
    }

    /// At most ten bytes; bits beyond the 64th are dropped, as everywhere.
    @inlinable @inline(__always) public mutating func varint() throws(ProtoFlaw) -> UInt64 {
        // Keys of the first fifteen fields, lengths and most counts have one byte.
        guard position < bytes.count, bytes[position] < 0x80 else { return try longVarint() }
        defer { position &+= 1 }
        return UInt64(bytes[position])
    }

    @usableFromInline mutating func longVarint() throws(ProtoFlaw) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70 {
            guard position < bytes.count else { throw .malformed }
            let byte = bytes[position]
            position &+= 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
        throw .malformed
    }

    @inlinable public mutating func fixed64() throws(ProtoFlaw) -> UInt64 {
        UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
    }

    /// The bytes of a string, of `bytes` or of a message.
    @inlinable public mutating func slice() throws(ProtoFlaw) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(bytes.count &- position) else { throw .malformed }
        return try take(Int(count))
    }

    public mutating func text() throws(ProtoFlaw) -> String {
        let utf8 = try slice().bindMemory(to: UInt8.self)
        if utf8.isASCII {
            return String(unsafeUninitializedCapacity: utf8.count) { $0.initialize(fromContentsOf: utf8) }
        }
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    /// Steps over the value of a field that this version does not know.
    @inlinable public mutating func skip(_ key: Key) throws(ProtoFlaw) {
        switch key.kind {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .bytes: _ = try slice()
        case .fixed32: _ = try take(4)
        // Nobody has written groups since proto2, and they nest without bound.
        case .group, .groupEnd: throw .malformed
        }
    }

    @inlinable mutating func take(_ count: Int) throws(ProtoFlaw) -> UnsafeRawBufferPointer {
        guard count <= bytes.count &- position else { throw .malformed }
        defer { position &+= count }
        return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + position }, count: count)
    }
}

@available(*, unavailable)
extension ProtoReader: Sendable {}

extension UnsafeBufferPointer<UInt8> {
    /// Looks at eight bytes at a time. Most text is ASCII, which needs no further look.
    fileprivate var isASCII: Bool {
        let bytes = UnsafeRawBufferPointer(self)
        var index = 0
        while index + 8 <= bytes.count {
            if bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
                return false
            }
            index += 8
        }
        while index < bytes.count {
            if bytes[index] >= 0x80 { return false }
            index += 1
        }
        return true
    }
}

/// Why bytes are no message.
public enum ProtoFlaw: Error, Hashable, Sendable {
    case malformed
    case notUTF8
}
