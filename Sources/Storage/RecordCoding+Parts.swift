import Desk
import ProtoBytes
import Tickets

/// What records share with snapshots and views.
extension RecordCoding {
    static func write(_ field: Field, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        writer.field(1, field.name)
        writer.field(2, field.value)
        writer.end(start)
    }

    static func field(_ bytes: UnsafeRawBufferPointer) throws -> Field {
        var reader = ProtoReader(bytes)
        var field = Field(name: "", value: "")
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): field.name = try reader.text()
            case (2, .bytes): field.value = try reader.text()
            default: try reader.skip(key)
            }
        }
        return field
    }

    static func write(_ holder: Holder, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        writer.field(1, holder.node.text)
        writer.field(2, fixed64: holder.incarnation)
        if let agent = holder.agent { writer.field(3, agent.text) }
        writer.end(start)
    }

    static func holder(_ bytes: UnsafeRawBufferPointer?, _ names: inout NameReading) throws -> Holder {
        var reader = ProtoReader(bytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
        var (node, incarnation, agent) = (Name?.none, UInt64(0), Name?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): node = try names.name(try reader.slice(), "node")
            case (2, .fixed64): incarnation = try reader.fixed64()
            case (3, .bytes): agent = try names.name(try reader.slice(), "agent")
            default: try reader.skip(key)
            }
        }
        guard let node else { throw DecodingFlaw("node") }
        return Holder(node: node, incarnation: incarnation, agent: agent)
    }
}

extension ProtoReader {
    mutating func moment() throws -> Moment { Moment(milliseconds: Int64(bitPattern: try varint())) }

    /// A `uint32`: what a larger number has beyond 32 bits is dropped, as everywhere.
    mutating func number() throws -> UInt32 { UInt32(truncatingIfNeeded: try varint()) }

    /// A value that has a number, such as a role.
    mutating func value<Value>(_ make: (UInt8) -> Value?) throws -> Value {
        guard let value = UInt8(exactly: try varint()).flatMap(make) else { throw DecodingFlaw("value") }
        return value
    }
}
