-- Which province stood in which socio-economic region; several divisions of the country are in use at the same time.
with
regions as (select * from {{ ref('stg_codebook__region') }}),

areas as (select * from {{ ref('int_area') }})

select
    region.area_key as region_area_key,
    province.area_key as province_area_key,
    regions.region_code,
    regions.province_code,
    greatest(regions.valid_from, province.valid_from) as valid_from,
    least(regions.valid_to, province.valid_to) as valid_to,
    regions.basis
from regions
inner join areas as province
    on
        regions.province_code = province.area_code
        and province.area_level = 'province'
        and regions.valid_from <= province.valid_to
        and regions.valid_to >= province.valid_from
inner join areas as region on regions.region_code = region.area_code and region.area_level = 'region'
