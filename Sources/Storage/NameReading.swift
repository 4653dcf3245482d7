import ProtoBytes
import Tickets

/// Reads names, and gives out again those that were read lately: a few names are in a log or a snapshot a million
/// times, and each that is longer than 15 bytes would be a piece of memory of its own.
struct NameReading {
    private var recent: [Name?]

    /// For that many bytes of a log, a snapshot or a view: where there is little to read, room for many names would
    /// cost more than it saves.
    init(byteCount: Int) {
        let room = min(max(byteCount / 64, 4), 256)
        recent = Array(repeating: nil, count: 1 << (Int.bitWidth - 1 - room.leadingZeroBitCount))
    }

    mutating func name(_ bytes: UnsafeRawBufferPointer?, _ part: StaticString) throws -> Name {
        guard let bytes, !bytes.isEmpty else { throw DecodingFlaw(part) }
        let slot = Self.slot(of: bytes) & (recent.count - 1)
        if let name = recent[slot], Self.isSame(name, bytes) { return name }
        guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self),
            let name = Name(text)
        else { throw DecodingFlaw(part) }
        recent[slot] = name
        return name
    }

    private static func slot(of bytes: UnsafeRawBufferPointer) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash ^ hash >> 15)
    }

    private static func isSame(_ name: Name, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var text = name.text
        return text.withUTF8 { UnsafeRawBufferPointer($0).elementsEqual(bytes) }
    }
}
