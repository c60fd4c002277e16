"""The claim on a place as one statement: the row lock is not held while the client is waited for."""

from alembic import op

revision = "0003"
down_revision = "0002"

CLAIM_PLACE = """
CREATE FUNCTION claim_place(
    p_bulletin integer, p_application bigint, p_now timestamptz, p_activate_by date, p_user integer, p_role text,
    OUT outcome text, OUT claim_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    v_bulletin record;
    v_application record;
BEGIN
    -- Look without a lock first: the crowd that comes too late waits for nobody.
    SELECT status, free INTO v_bulletin FROM bulletin WHERE id = p_bulletin;
    IF NOT FOUND OR v_bulletin.status NOT IN ('priority', 'open') THEN
        outcome := CASE WHEN v_bulletin.status = 'filled' THEN 'full'
                        WHEN v_bulletin.status = 'scheduled' THEN 'not_open' ELSE 'closed' END;
        RETURN;
    END IF;
    -- Lock, and look again.
    SELECT a.status, a.child_id, a.locality_id, c.given_name INTO v_application
      FROM application a JOIN child c ON c.id = a.child_id
     WHERE a.id = p_application FOR UPDATE OF a;
    IF NOT FOUND OR v_application.status <> 'queued' THEN
        outcome := CASE WHEN v_application.status = 'claimed' THEN 'claim_exists' ELSE 'not_queued' END;
        RETURN;
    END IF;
    UPDATE bulletin b
       SET free = b.free - 1,
           status = CASE WHEN b.free = 1 THEN 'filled' ELSE b.status END,
           ended_at = CASE WHEN b.free = 1 THEN p_now ELSE b.ended_at END
     WHERE b.id = p_bulletin AND b.free > 0
       AND (b.status = 'open'
            OR (b.status = 'priority' AND (p_now >= b.priority_until OR EXISTS (
                SELECT FROM priority_access p WHERE p.bulletin_id = b.id AND p.application_id = p_application))))
    RETURNING b.group_id, b.kindergarten_id, b.locality_id INTO v_bulletin;
    IF NOT FOUND THEN
        SELECT CASE WHEN free = 0 THEN 'full' WHEN status = 'priority' THEN 'priority' ELSE 'closed' END
          INTO outcome FROM bulletin WHERE id = p_bulletin;
        RETURN;
    END IF;
    UPDATE kindergarten_group SET published = published - 1, held = held + 1 WHERE id = v_bulletin.group_id;
    UPDATE application SET status = 'claimed' WHERE id = p_application;
    INSERT INTO claim (bulletin_id, application_id, group_id, kindergarten_id, status, claimed_at, activate_by)
         VALUES (p_bulletin, p_application, v_bulletin.group_id, v_bulletin.kindergarten_id, 'waiting', p_now,
                 p_activate_by)
      RETURNING id INTO claim_id;
    INSERT INTO event (at, act, subject, subject_id, actor_user_id, actor_role, application_id, child_id,
                       kindergarten_id, locality_id, before, after)
         VALUES (p_now, 'claim', 'claim', claim_id, p_user, p_role, p_application, v_application.child_id,
                 v_bulletin.kindergarten_id, v_application.locality_id, '{"application":"queued"}',
                 format('{"application":"claimed","bulletin_id":%s,"status":"waiting"}', p_bulletin));
    WITH told AS (
        INSERT INTO message (person_id, application_id, template, facts, created_at)
        SELECT g.person_id, p_application, 'C1',
               jsonb_build_object('child', v_application.given_name, 'kindergarten', k.name), p_now
          FROM guardianship g, kindergarten k
         WHERE g.child_id = v_application.child_id AND k.id = v_bulletin.kindergarten_id
        RETURNING id, person_id)
    INSERT INTO delivery (message_id, channel, address, language, status, tries, next_try_at)
    SELECT told.id, way.channel, way.address, p.message_language, 'pending', 0, p_now
      FROM told JOIN person p ON p.id = told.person_id
      CROSS JOIN LATERAL (VALUES ('sms', p.phone), ('email', p.email)) AS way (channel, address)
     WHERE way.address IS NOT NULL;
    outcome := 'held';
END $$
"""


def upgrade() -> None:
    op.execute(CLAIM_PLACE)


def downgrade() -> None:
    op.execute("DROP FUNCTION claim_place(integer, bigint, timestamptz, date, integer, text)")
