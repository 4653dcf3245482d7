import Testing

@testable import ProtoBytes

/// The expected bytes are those of the encoding's specification; `WireTests` and `StorageTests` compare with the
/// generated code.
struct ProtoBytesTests {
    @Test(
        arguments: [
            (0, []), (1, [0x08, 1]), (127, [0x08, 0x7f]), (128, [0x08, 0x80, 1]), (150, [0x08, 0x96, 1]),
            (UInt64.max, [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
        ] as [(UInt64, [UInt8])])
    func `a number is a varint, and left out when it is zero`(value: UInt64, bytes: [UInt8]) throws {
        var writer = ProtoWriter()
        writer.field(1, value)
        #expect(writer.bytes == bytes)
        guard !bytes.isEmpty else { return }
        try read(bytes) { reader throws(ProtoFlaw) in
            #expect(try reader.next() == ProtoReader.Key(number: 1, kind: .varint))
            #expect(try reader.varint() == value)
            #expect(reader.isAtEnd)
        }
    }

    @Test func `every kind of field is read back`() throws {
        var writer = ProtoWriter(capacity: 1)
        writer.field(1, -1 as Int64)
        writer.field(2, true)
        writer.field(3, fixed64: 0x0102_0304_0506_0708)
        writer.field(4, "größer")
        writer.field(5, optional: nil)
        writer.field(6, optional: "")
        writer.field(7, high: 1, low: .max)
        try read(writer.bytes) { reader throws(ProtoFlaw) in
            #expect(try reader.next()?.number == 1)
            #expect(Int64(bitPattern: try reader.varint()) == -1)
            #expect(try reader.next()?.number == 2)
            #expect(try reader.varint() == 1)
            #expect(try reader.next() == ProtoReader.Key(number: 3, kind: .fixed64))
            #expect(try reader.fixed64() == 0x0102_0304_0506_0708)
            #expect(try reader.next()?.number == 4)
            #expect(try reader.text() == "größer")
            #expect(try reader.next()?.number == 6)
            #expect(try reader.text().isEmpty)
            #expect(try reader.next()?.number == 7)
            #expect(
                Array(try reader.slice()) == [0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0xff, count: 8))
            #expect(try reader.next() == nil)
        }
    }

    @Test(arguments: [0, 1, 100, 127, 128, 129, 16_383, 16_384, 70_000])
    func `a message in a message has its length before it`(length: Int) throws {
        let text = String(repeating: "x", count: length)
        var writer = ProtoWriter(capacity: 16)
        let outer = writer.begin(1)
        let inner = writer.begin(2)
        writer.fieldAlways(3, text)
        writer.end(inner)
        writer.field(4, 5 as UInt64)
        writer.end(outer)
        try read(writer.bytes) { reader throws(ProtoFlaw) in
            #expect(try reader.next()?.number == 1)
            var outer = ProtoReader(try reader.slice())
            #expect(reader.isAtEnd)
            #expect(try outer.next()?.number == 2)
            var inner = ProtoReader(try outer.slice())
            #expect(try inner.next()?.number == 3)
            #expect(try inner.text() == text)
            #expect(inner.isAtEnd)
            #expect(try outer.next()?.number == 4)
            #expect(try outer.varint() == 5)
        }
    }

    @Test(
        arguments: [
            [0x00], [0x07], [0x0b], [0x08], [0x08, 0x80], [0x0a, 5, 1], [0x09, 1, 2, 3], [0x0d, 1],
            [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] as [[UInt8]])
    func `bytes that are no message are a flaw`(bytes: [UInt8]) {
        #expect(throws: ProtoFlaw.malformed) {
            try read(bytes) { reader throws(ProtoFlaw) in
                while let key = try reader.next() { try reader.skip(key) }
            }
        }
    }

    @Test func `a text that is not UTF-8 is a flaw of its own`() {
        #expect(throws: ProtoFlaw.notUTF8) {
            try read([0x0a, 2, 0xc3, 0x28]) { reader throws(ProtoFlaw) in
                _ = try reader.next()
                _ = try reader.text()
            }
        }
    }

    private func read(_ bytes: [UInt8], _ body: (inout ProtoReader) throws(ProtoFlaw) -> Void) throws {
        try bytes.withUnsafeBytes { bytes in
            var reader = ProtoReader(bytes)
            try body(&reader)
        }
    }
}
