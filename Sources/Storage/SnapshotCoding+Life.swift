import Desk
import ProtoBytes
import Tickets

/// What a snapshot keeps of tickets on which something was set, and of merges.
extension SnapshotCoding {
    static func write(_ number: TicketNumber, _ dossier: Dossier, to writer: inout ProtoWriter) {
        let start = writer.begin(40)
        writer.field(1, number.rawValue)
        writer.field(2, optional: dossier.kind)
        for name in dossier.given { writer.fieldAlways(3, name) }
        #if PLANTED_BUGS
            let lacking = PlantedBug.isActive(.checklistLostInSnapshot) ? [] : dossier.lacking
        #else
            let lacking = dossier.lacking
        #endif
        for name in lacking { writer.fieldAlways(4, name) }
        writer.field(5, dossier.parent?.rawValue ?? 0)
        #if PLANTED_BUGS
            let children = PlantedBug.isActive(.partsLostInSnapshot) ? [] : dossier.children
        #else
            let children = dossier.children
        #endif
        writer.field(6, packed: children.map(\.rawValue))
        for name in dossier.drafters { writer.fieldAlways(7, name.text) }
        writer.field(8, dossier.isSpam)
        writer.field(9, dossier.amendments)
        writer.end(start)
    }

    static func write(
        _ number: TicketNumber, mergedInto target: TicketNumber, _ customer: UInt64?,
        to writer: inout ProtoWriter
    ) {
        #if PLANTED_BUGS
            if PlantedBug.isActive(.mergesLostInSnapshot), number.rawValue % 2 == 0 { return }
        #endif
        let start = writer.begin(41)
        writer.field(1, number.rawValue)
        writer.field(2, target.rawValue)
        writer.field(3, fixed64: customer ?? 0)
        writer.end(start)
    }

    static func dossier(
        _ bytes: UnsafeRawBufferPointer, _ names: inout NameReading
    ) throws -> (ticket: TicketNumber, dossier: Dossier) {
        var reader = ProtoReader(bytes)
        var (number, dossier) = (TicketNumber(0), Dossier())
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .bytes): dossier.kind = try reader.text()
            case (3, .bytes): dossier.given.append(try reader.text())
            case (4, .bytes): dossier.lacking.append(try reader.text())
            case (5, .varint): dossier.parent = TicketNumber(try reader.varint())
            case (6, .varint): dossier.children.append(TicketNumber(try reader.varint()))
            case (6, .bytes):
                var packed = ProtoReader(try reader.slice())
                while !packed.isAtEnd { dossier.children.append(TicketNumber(try packed.varint())) }
            case (7, .bytes): dossier.drafters.append(try names.name(try reader.slice(), "drafter"))
            case (8, .varint): dossier.isSpam = try reader.varint() != 0
            case (9, .varint): dossier.amendments = try reader.number()
            default: try reader.skip(key)
            }
        }
        return (number, dossier)
    }

    static func merge(
        _ bytes: UnsafeRawBufferPointer
    ) throws -> (ticket: TicketNumber, target: TicketNumber, customer: UInt64?) {
        var reader = ProtoReader(bytes)
        var (number, target, customer) = (TicketNumber(0), TicketNumber(0), UInt64?.none)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .varint): number = TicketNumber(try reader.varint())
            case (2, .varint): target = TicketNumber(try reader.varint())
            case (3, .fixed64): customer = try reader.fixed64()
            default: try reader.skip(key)
            }
        }
        return (number, target, customer)
    }
}
