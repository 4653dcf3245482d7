import ProtoBytes
import Tickets

/// Reads names, and gives out again those that were read lately: a few names are in a log or a snapshot a million
/// times, and each that is longer than 15 bytes would be a piece of memory of its own.
struct NameReading {
    private var recent: RecentTexts<Name>

    /// For that many bytes of a log, a snapshot or a view: where there is little to read, room for many names would
    /// cost more than it saves.
    init(byteCount: Int) { self.init(room: min(max(byteCount / 64, 4), 256)) }

    /// For so many names, or somewhat fewer.
    init(room: Int) { recent = RecentTexts(room: room) }

    mutating func name(_ bytes: UnsafeRawBufferPointer?, _ part: StaticString) throws -> Name {
        guard let bytes, !bytes.isEmpty else { throw DecodingFlaw(part) }
        let key = TextKey(bytes)
        if let name = recent.value(key, bytes, \.text) { return name }
        guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self),
            let name = Name(text)
        else { throw DecodingFlaw(part) }
        recent.remember(name, key)
        return name
    }
}

/// Texts that were read lately, by their bytes.
struct RecentTexts<Value: Sendable>: Sendable {
    private var recent: [(key: TextKey, value: Value)?]

    init(room: Int) {
        recent = Array(repeating: nil, count: 1 << (Int.bitWidth - 1 - room.leadingZeroBitCount))
    }

    func value(_ key: TextKey, _ bytes: UnsafeRawBufferPointer, _ text: (Value) -> String) -> Value? {
        let slot = slot(of: key)
        // Two texts that want the same place would else throw each other out again and again.
        return value(at: slot, key, bytes, text) ?? value(at: slot ^ 1, key, bytes, text)
    }

    private func value(
        at slot: Int, _ key: TextKey, _ bytes: UnsafeRawBufferPointer, _ text: (Value) -> String
    ) -> Value? {
        guard let found = recent[slot], found.key == key else { return nil }
        return key.isWhole || Self.isSame(text(found.value), bytes) ? found.value : nil
    }

    mutating func remember(_ value: Value, _ key: TextKey) {
        let slot = slot(of: key)
        recent[slot ^ 1] = recent[slot]
        recent[slot] = (key, value)
    }

    private func slot(of key: TextKey) -> Int { key.hash & (recent.count - 1) }

    private static func isSame(_ text: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        var text = text
        return text.withUTF8 { utf8 in
            let own = UnsafeRawBufferPointer(utf8)
            var index = 0
            while index + 8 <= own.count {
                let mine = own.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if mine != bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index += 8
            }
            return own[index...].elementsEqual(bytes[index...])
        }
    }
}

/// The length of a text, and its first and last eight bytes, which may overlap.
struct TextKey: Equatable, Sendable {
    private let first: UInt64
    private let last: UInt64
    private let count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        count = bytes.count
        if count >= 8 {
            first = bytes.loadUnaligned(as: UInt64.self)
            last = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4 {
            first = UInt64(bytes.loadUnaligned(as: UInt32.self))
            last = UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        } else if count > 0 {
            first = UInt64(bytes[0]) | UInt64(bytes[count / 2]) << 8
            last = UInt64(bytes[count - 1])
        } else {
            (first, last) = (0, 0)
        }
    }

    /// Whether no other text has the same.
    var isWhole: Bool { count <= 16 }

    var hash: Int {
        let mixed = (first ^ last &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(count)) &* 0xff51_afd7_ed55_8ccd
        return Int(mixed >> 33)
    }
}
