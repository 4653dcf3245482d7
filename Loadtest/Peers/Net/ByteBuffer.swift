import Glibc

/// Bytes that wait to be parsed or to be sent: written at the tail, read from the head.
///
/// A plain region of memory, because an array in a class costs a uniqueness check at every byte, and the load
/// generator shares two cores with what it measures. Owned by one thread at a time.
final class ByteBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var head = 0
    private var tail = 0

    init(capacity: Int = 16 * 1_024) {
        self.capacity = capacity
        base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    var count: Int { tail - head }

    /// What is there. Valid until the next call that changes the buffer.
    var readable: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + head, count: tail - head) }

    func consume(_ bytes: Int) {
        precondition(bytes <= count, "consumes \(bytes) of \(count) bytes")
        head += bytes
        if head == tail {
            head = 0
            tail = 0
        }
    }

    /// Room for at least `bytes` behind the tail; what was written there counts after ``commit(_:)``.
    func reserve(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
        if capacity - tail < bytes { makeRoom(bytes) }
        return UnsafeMutableRawBufferPointer(start: base + tail, count: capacity - tail)
    }

    func commit(_ bytes: Int) {
        precondition(bytes <= capacity - tail, "commits \(bytes) bytes beyond the end")
        tail += bytes
    }

    private func makeRoom(_ bytes: Int) {
        let count = count
        if capacity - count >= bytes, head >= capacity / 2 {
            memmove(base, base + head, count)
        } else {
            let size = max(capacity * 2, count + bytes)
            let new = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            new.copyMemory(from: base + head, byteCount: count)
            base.deallocate()
            base = new
            capacity = size
        }
        head = 0
        tail = count
    }
}

extension ByteBuffer {
    func append(_ byte: UInt8) {
        reserve(1)[0] = byte
        commit(1)
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: reserve(bytes.count)[..<bytes.count]).copyMemory(from: bytes)
        commit(bytes.count)
    }

    func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// For what is known when compiling: no allocation.
    func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func append(text: String) { append(Array(text.utf8)) }

    /// In decimal digits, without leading zeros.
    func append(decimal value: Int) {
        precondition(value >= 0, "\(value) is negative")
        let digits = Self.digits(of: value)
        let space = reserve(digits)
        var rest = value
        for index in stride(from: digits - 1, through: 0, by: -1) {
            space[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        commit(digits)
    }

    static func digits(of value: Int) -> Int {
        var digits = 1
        var rest = value / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return digits
    }

    func append<Number: FixedWidthInteger>(bigEndian value: Number) {
        withUnsafeBytes(of: value.bigEndian) { append($0) }
    }

    /// Fills in a length that was not known when its place was written, `offset` bytes from the head.
    func overwrite(bigEndian value: UInt32, at offset: Int) {
        precondition(offset + 4 <= count, "\(offset) is beyond the \(count) bytes there are")
        (base + head + offset).storeBytes(of: value.bigEndian, as: UInt32.self)
    }
}
