/// The packets of gearman's binary protocol that are used here.
///
/// Source: http://gearman.org/protocol/
enum GearmanType: UInt32 {
    case canDo = 1
    case preSleep = 4
    case noop = 6
    case jobCreated = 8
    case grabJob = 9
    case noJob = 10
    case jobAssign = 11
    case workComplete = 13
    case submitJobBackground = 18
    case error = 19
}

struct GearmanPacket: Hashable {
    static let headerBytes = 12

    var type: GearmanType
    /// Its arguments, with a NUL between them, in the bytes that were read.
    var data: Range<Int>
}

/// Reads packets from bytes of which the last may not be whole yet.
struct GearmanReader {
    let bytes: UnsafeRawBufferPointer
    /// The first byte that is not read yet.
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next packet, or nil, without moving, when it is not whole yet.
    mutating func next() throws(PeerError) -> GearmanPacket? {
        guard offset + GearmanPacket.headerBytes <= bytes.count else { return nil }
        guard bytes.starts(with: "\0RES", at: offset) else { throw PeerError("not gearman: no \\0RES") }
        let code = bytes.bigEndian(UInt32.self, at: offset + 4)
        guard let type = GearmanType(rawValue: code) else { throw PeerError("gearman: packet type \(code)") }
        let start = offset + GearmanPacket.headerBytes
        let end = start + Int(bytes.bigEndian(UInt32.self, at: offset + 8))
        guard end <= bytes.count else { return nil }
        offset = end
        return GearmanPacket(type: type, data: start..<end)
    }

    func error(_ packet: GearmanPacket) -> PeerError {
        PeerError("gearman: \(packet.type) \(bytes.text(packet.data))")
    }
}

extension ByteBuffer {
    /// The header of a request; `length` bytes of data follow.
    func append(gearman type: GearmanType, length: Int) {
        append("\0REQ")
        append(bigEndian: type.rawValue)
        append(bigEndian: UInt32(length))
    }
}
