package import ProtoBytes
package import Tickets

/// Skills ⇄ the messages `Skill` and `Expertise` of switchboard.proto; the log and the snapshot have the same.
package enum SkillCoding {
    package static func write(_ skills: [Skill], _ number: UInt32, to writer: inout ProtoWriter) {
        for skill in skills {
            let start = writer.begin(number)
            writer.field(1, skill.name.text)
            writer.field(2, UInt32(clamping: skill.level))
            writer.end(start)
        }
    }

    package static func skill(_ bytes: UnsafeRawBufferPointer) throws -> Skill {
        var reader = ProtoReader(bytes)
        var (name, level) = (Name?.none, 0)
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): name = try reader.name("skills")
            case (2, .varint): level = Int(UInt32(clamping: try reader.varint()))
            default: try reader.skip(key)
            }
        }
        guard let name else { throw SettingsFlaw("skills", "a skill has a name") }
        return Skill(name, level)
    }

    static func write(_ expertise: [Expertise], _ number: UInt32, to writer: inout ProtoWriter) {
        for one in expertise {
            let start = writer.begin(number)
            writer.field(1, one.nodes)
            write(one.skills, 2, to: &writer)
            writer.end(start)
        }
    }

    static func expertise(_ bytes: UnsafeRawBufferPointer) throws -> Expertise {
        var reader = ProtoReader(bytes)
        var expertise = Expertise(nodes: "", skills: [])
        while let key = try reader.next() {
            switch (key.number, key.kind) {
            case (1, .bytes): expertise.nodes = try reader.text()
            case (2, .bytes): expertise.skills.append(try skill(try reader.slice()))
            default: try reader.skip(key)
            }
        }
        return expertise
    }
}
