/// Reading from bytes that a peer sent. All take offsets into the buffer, from 0.
extension UnsafeRawBufferPointer {
    func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The offset of the first `byte` at or after `start`, or nil.
    func offset(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The offset of the line feed of the first CR LF, seen from its carriage return; nil when none is there
    /// yet.
    func lineEnd(from start: Int = 0) -> Int? {
        var from = start
        while let index = offset(of: 0x0d, from: from) {
            guard index + 1 < count else { return nil }
            if self[index + 1] == 0x0a { return index }
            from = index + 1
        }
        return nil
    }

    /// The decimal number in `range`, or nil when something else is in it.
    func decimal(_ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        let isNegative = index < range.upperBound && self[index] == 0x2d
        if isNegative { index += 1 }
        guard index < range.upperBound, range.upperBound - index <= 18 else { return nil }
        var value = 0
        while index < range.upperBound {
            let digit = self[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        return isNegative ? -value : value
    }

    func starts(with text: StaticString, at offset: Int = 0) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset + length <= count else { return false }
        for index in 0..<length where self[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    func text() -> String { String(decoding: self, as: UTF8.self) }
}
