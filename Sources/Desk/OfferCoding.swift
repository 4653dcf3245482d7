import ProtoBytes
import Tickets

/// Offers of a line in ``SettingsCoding``.
enum OfferCoding {
    static func write(_ offers: Offers, _ number: UInt32, to writer: inout ProtoWriter) {
        let start = writer.begin(number)
        for term in offers.terms {
            let start = writer.begin(1)
            writer.field(1, term.channel.text)
            writer.field(2, term.milliseconds)
            writer.end(start)
        }
        writer.field(2, offers.others)
        writer.end(start)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws -> Offers {
        var reader = ProtoReader(bytes)
        var offers = Offers(terms: [], others: 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): offers.terms.append(try term(try reader.slice()))
            case (2, .varint): offers.others = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        return offers
    }

    private static func term(_ bytes: UnsafeRawBufferPointer) throws -> Offers.Term {
        var reader = ProtoReader(bytes)
        var (channel, milliseconds) = (Name?.none, Int64(0))
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): channel = try reader.name("lines")
            case (2, .varint): milliseconds = Int64(bitPattern: try reader.varint())
            default: try reader.skip(key)
            }
        }
        guard let channel else { throw SettingsFlaw("lines", "an offer's time is of a channel") }
        return Offers.Term(channel, milliseconds: milliseconds)
    }
}
