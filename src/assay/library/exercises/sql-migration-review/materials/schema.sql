-- PostgreSQL 15, one primary, two read replicas
CREATE TABLE carriers (
    id    integer PRIMARY KEY,
    code  text NOT NULL UNIQUE,
    name  text NOT NULL
);

CREATE TABLE shipments (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    bigint NOT NULL,
    reference     text NOT NULL,
    status        text NOT NULL,
    carrier_code  text,              -- empty until the label is printed
    weight_grams  integer NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    delivered_at  timestamptz
);

CREATE INDEX shipments_account_created ON shipments (account_id, created_at);
CREATE INDEX shipments_delivered ON shipments (delivered_at);
