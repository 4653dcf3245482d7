/// Writes protobuf's wire format straight into memory, without a tree of messages in between.
///
/// For the few messages of which there are tens of thousands a second. The rest is generated code, and tests hold
/// both to the same bytes. Fields that have their default value are left out, as proto3 wants it; fields are written
/// in the order of the calls.
///
/// Inlined into the modules that use it: the number of a field is a constant there, and then so are the bytes before
/// its value.
package struct ProtoWriter: ~Copyable {
    @usableFromInline var memory: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// Bytes written so far.
    @usableFromInline package internal(set) var count = 0

    package init(capacity: Int = 1_024) {
        self.capacity = max(capacity, 16)
        memory = .allocate(capacity: self.capacity)
    }

    deinit {
        memory.deallocate()
    }

    /// What was written; valid inside the closure.
    @inlinable package borrowing func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// What was written, copied.
    package var bytes: [UInt8] { withBytes { Array($0) } }

    /// Forgets what was written and keeps the memory.
    @inlinable package mutating func removeAll() {
        count = 0
    }

    // MARK: - Fields

    @inlinable package mutating func field(_ number: UInt32, _ value: UInt64) {
        if value != 0 { fieldAlways(number, value) }
    }

    /// A number that is written even when it is zero: an `optional` one that is set.
    @inlinable package mutating func fieldAlways(_ number: UInt32, _ value: UInt64) {
        reserve(20)
        put(varint: UInt64(number) << 3)
        put(varint: value)
    }

    @inlinable package mutating func field(_ number: UInt32, _ value: UInt32) {
        field(number, UInt64(value))
    }

    /// An `int64`.
    @inlinable package mutating func field(_ number: UInt32, _ value: Int64) {
        field(number, UInt64(bitPattern: value))
    }

    @inlinable package mutating func field(_ number: UInt32, _ value: Bool) {
        field(number, value ? 1 : 0 as UInt64)
    }

    @inlinable package mutating func field(_ number: UInt32, fixed64 value: UInt64) {
        guard value != 0 else { return }
        reserve(18)
        put(varint: UInt64(number) << 3 | 1)
        UnsafeMutableRawPointer(memory + count).storeBytes(of: value.littleEndian, as: UInt64.self)
        count += 8
    }

    @inlinable package mutating func field(_ number: UInt32, _ text: String) {
        if !text.utf8.isEmpty { fieldAlways(number, text) }
    }

    /// An `optional string`: written when it is not nil, even when it is empty.
    @inlinable package mutating func field(_ number: UInt32, optional text: String?) {
        if let text { fieldAlways(number, text) }
    }

    /// A `string` that is written even when it is empty: an element of a repeated field.
    @inlinable package mutating func fieldAlways(_ number: UInt32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in fieldAlways(number, UnsafeRawBufferPointer(bytes)) }
    }

    /// `bytes`, or a message that was encoded before.
    @inlinable package mutating func fieldAlways(_ number: UInt32, _ bytes: UnsafeRawBufferPointer) {
        reserve(20 + bytes.count)
        put(varint: UInt64(number) << 3 | 2)
        put(varint: UInt64(bytes.count))
        append(bytes)
    }

    /// 16 bytes, the largest first.
    @inlinable package mutating func field(_ number: UInt32, high: UInt64, low: UInt64) {
        reserve(28)
        put(varint: UInt64(number) << 3 | 2)
        put(varint: 16)
        put(bigEndian: high)
        put(bigEndian: low)
    }

    /// Adds bytes that are fields already.
    @inlinable package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        guard let start = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(memory + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    // MARK: - Messages in messages

    /// Begins a message in this one; give what it returns to ``end(_:)``. Written even when nothing follows.
    @inlinable package mutating func begin(_ number: UInt32) -> Int {
        reserve(20)
        put(varint: UInt64(number) << 3 | 2)
        // Most messages are shorter than 128 bytes; for one that is not, end moves it.
        count += 1
        return count
    }

    /// Ends the message that began where `start` says.
    @inlinable package mutating func end(_ start: Int) {
        let length = count - start
        if length < 0x80 {
            memory[start - 1] = UInt8(length)
            return
        }
        reserve(10)
        let more = Self.varintBytes(UInt64(length)) - 1
        UnsafeMutableRawPointer(memory + start + more).copyMemory(from: memory + start, byteCount: length)
        let end = count + more
        count = start - 1
        put(varint: UInt64(length))
        count = end
    }

    // MARK: - Bytes

    @inlinable static func varintBytes(_ value: UInt64) -> Int {
        max(1, (64 - value.leadingZeroBitCount + 6) / 7)
    }

    @inlinable mutating func put(varint: UInt64) {
        var rest = varint
        while rest >= 0x80 {
            memory[count] = UInt8(truncatingIfNeeded: rest) | 0x80
            count &+= 1
            rest >>= 7
        }
        memory[count] = UInt8(truncatingIfNeeded: rest)
        count &+= 1
    }

    @inlinable mutating func put(bigEndian value: UInt64) {
        UnsafeMutableRawPointer(memory + count).storeBytes(of: value.bigEndian, as: UInt64.self)
        count += 8
    }

    @inlinable mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    @usableFromInline mutating func grow(_ more: Int) {
        let larger = max(2 * capacity, count + more)
        let next = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        next.update(from: memory, count: count)
        memory.deallocate()
        (memory, capacity) = (next, larger)
    }
}

@available(*, unavailable)
extension ProtoWriter: Sendable {}
